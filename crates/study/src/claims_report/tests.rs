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
