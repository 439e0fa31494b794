//! Tables that pyarrow wrote, of every type and compression that people's tools choose.

#![allow(clippy::unwrap_used)] // a test

use circuitscope_study::store::read_table::{Columns, Kind, TableError};
use std::path::Path;

/// Seven rows in row groups of three; pyarrow 26 wrote the same table in each compression, pages of version 2 with lz4 and
/// zstd.
const COMPRESSIONS: [&str; 6] = ["none", "snappy", "gzip", "lz4", "brotli", "zstd"];

fn table(compression: &str) -> Columns {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    Columns::open(&folder.join(format!("{compression}.parquet"))).unwrap()
}

#[test]
fn a_table_of_every_compression_has_the_entries_that_were_written() {
    for compression in COMPRESSIONS {
        let table = table(compression);
        assert_eq!((table.n_rows(), table.names().len(), table.names()[0]), (7, 26, "text"), "{compression}");
        assert_eq!(table.text("text").unwrap(), ["a", "b", "ä", "", "a", "b", "c"]);
        let dictionary = table.text("dictionary").unwrap();
        assert_eq!(dictionary, ["left", "right", "left", "left", "right", "right", "left"]);
        let half =
            [Some(0.5), None, Some(-2.0), Some(65504.0), Some(0.0), Some(1.0), Some(0.333_251_953_125)];
        assert_eq!(table.float("f16").unwrap(), half);
        let single = [Some(0.5), None, Some(-2.0), Some(1e10), Some(0.0), Some(1.0), Some(0.25)];
        assert_eq!(table.float("f32").unwrap(), single);
        let double = table.float("f64").unwrap();
        assert_eq!((double[0], double[1], double[3]), (Some(0.1), None, Some(1e300)));
        assert!(double[2].unwrap().is_nan());
        for bits in [8, 16, 32, 64] {
            for name in [format!("int{bits}"), format!("uint{bits}")] {
                let whole = [None, Some(0), Some(1), Some(2), Some(3), Some(100), Some(7)];
                assert_eq!(table.integer(&name).unwrap(), whole, "{compression} {name}");
            }
        }
        assert_eq!(table.integer("largest_uint32").unwrap(), [Some(4_294_967_295); 7]);
        assert_eq!(table.integer("least_int8").unwrap(), [Some(-128); 7]);
        assert_eq!(table.flag("flag").unwrap(), [true, false, true, true, false, false, true]);
        assert_eq!(table.integer("last").unwrap(), [0, 1, 2, 3, 4, 5, 6].map(Some));
    }
}

#[test]
fn numbers_are_read_of_every_numeric_type() {
    let table = table("snappy");
    assert_eq!(table.numbers("flag").unwrap(), [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(table.numbers("last").unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let missing = table.numbers("f16").unwrap();
    assert!(missing[0] == 0.5 && missing[1].is_nan());
    assert!(table.numbers("uint16").unwrap()[0].is_nan());
}

#[test]
fn a_column_that_cannot_be_read_is_named_with_what_it_holds_and_what_was_expected() {
    let table = table("gzip");
    let says = |error: TableError| error.to_string();
    assert_eq!(says(table.float("text").unwrap_err()), "column `text` is of type text, expected float");
    assert_eq!(says(table.integer("f32").unwrap_err()), "column `f32` is of type float, expected integer");
    assert_eq!(says(table.text("last").unwrap_err()), "column `last` is of type integer, expected text");
    assert_eq!(says(table.flag("last").unwrap_err()), "column `last` is of type integer, expected boolean");
    assert_eq!(says(table.flag("flag_or_null").unwrap_err()), "column `flag_or_null` is null in row 3");
    assert_eq!(says(table.text("large_text").unwrap_err()), "column `large_text` is null in row 1");
    let large =
        "column `largest_uint64` holds 18446744073709551615 in row 6, expected a whole number below 2^63";
    assert_eq!(says(table.integer("largest_uint64").unwrap_err()), large);
    for (name, kind) in [
        ("decimal", "decimal"),
        ("date", "date"),
        ("timestamp", "timestamp"),
        ("list", "list or nested"),
        ("struct", "list or nested"),
        ("null", "null"),
    ] {
        let expected = format!("column `{name}` is of type {kind}, expected numbers");
        assert_eq!(says(table.numbers(name).unwrap_err()), expected);
    }
    let missing = says(table.float("rate").unwrap_err());
    assert!(
        missing.starts_with("the column `rate` is missing; the table holds `text`, `dictionary`"),
        "{missing}"
    );
    assert_eq!((table.kind("f16"), table.kind("rate")), (Some(Kind::Float), None));
}

#[test]
fn a_file_that_is_no_whole_table_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let whole =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/snappy.parquet")).unwrap();
    let path = folder.path().join("part.parquet");
    for length in [4, 100, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let told = Columns::open(&path).err().unwrap().to_string();
        assert!(told.starts_with("not a Parquet file that can be read ("), "{told}");
    }
    assert!(matches!(Columns::open(&folder.path().join("none.parquet")), Err(TableError::Read { .. })));
}
