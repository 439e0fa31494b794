use super::*;

#[test]
fn claims_on_tasks_that_a_study_lacks_are_one_sentence_each() {
    let claims = [("cddm", 1), ("cddm", 7), ("memory_number", 18)];
    assert_eq!(
        left_out(&claims),
        "2 claims (1, 7) are about CDDM, which this study does not train, and cannot be decided from it. \
         1 claim (18) is about MemoryNumber, which this study does not train, and cannot be decided from it."
    );
    assert_eq!(left_out(&[]), "");
}

#[test]
fn a_ratio_that_was_cut_off_is_not_told_as_a_number() {
    assert_eq!(estimate(Some(2.5), Some([1.25, LARGEST_RATIO])), "2.500 [1.250, above 1000]");
    assert_eq!(
        estimate(Some(LARGEST_RATIO), Some([LARGEST_RATIO; 2])),
        "above 1000 [above 1000, above 1000]"
    );
    assert_eq!(estimate(None, None), "missing");
}

#[test]
fn claims_of_an_earlier_version_are_counted_and_marked_by_what_it_said() {
    let evidence = |way: &str, value: Option<f64>, met: bool, verdict: Option<&str>| {
        serde_json::json!({ "words": "a number", "value": value, "way": way, "reference": 0.0, "interval": null, "p": null,
                            "effect": null, "networks_needed": null, "met": met, "verdict": verdict })
    };
    let claim = |verdict: &str, evidence: Vec<serde_json::Value>| {
        serde_json::json!({ "number": 3, "statement": "a claim", "verdict": verdict, "statistic": null, "interval": null,
                            "criterion": "test", "p": null, "task": "cddm", "evidence": evidence, "missing": [], "figure": "" })
    };
    let told = |claims: Vec<serde_json::Value>| -> ClaimsReport {
        serde_json::from_value(serde_json::json!({ "claims": claims })).expect("claims")
    };
    let earlier = told(vec![
        claim(
            "supported",
            vec![evidence("above", Some(1.0), true, None), evidence("aside", Some(1.0), true, None)],
        ),
        claim(
            "not_supported",
            vec![evidence("below", Some(1.0), false, None), evidence("below", None, false, None)],
        ),
        claim("not_supported", Vec::new()),
    ]);
    let counts = earlier.counts();
    assert_eq!(counts.iter().map(|(_, n)| n).sum::<usize>(), 3);
    assert_eq!([&counts[0], &counts[5]], [&("supported".to_owned(), 1), &("not supported".to_owned(), 2)]);
    let marks = |told: &ClaimsReport| -> String {
        told.claims.iter().flat_map(|claim| &claim.evidence).map(EvidenceEntry::mark).collect()
    };
    assert_eq!(marks(&earlier), "+·-·");
    assert!(earlier.marks().contains("+ as claimed"));
    let current =
        told(vec![claim("contradicted", vec![evidence("below", Some(1.0), false, Some("contradicted"))])]);
    assert_eq!((current.counts().len(), marks(&current).as_str()), (5, "✗"));
    assert!(!current.marks().contains("earlier"));
}
