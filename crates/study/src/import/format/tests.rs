//! Each format by bytes that the named programs wrote.

use super::*;

/// The first bytes of files that the named programs wrote.
const HEADS: [(&[u8], Format); 30] = [
    (b"", Format::Empty),
    (b"\xEF\xBB\xBF \n", Format::Empty),
    (b"{\"W_rec\": [[0.5]]}", Format::Json),
    (b"\xEF\xBB\xBF\n  {\"W_rec\": [[0.5]]}", Format::Json),
    (b"[[1, 2], [3, 4]]", Format::Json),
    (b"\xFF\xFE{\0\"\0W\0", Format::Utf16),
    (b"\xFE\xFF\0{\0\"\0W", Format::Utf16),
    (b"{\0\"\0W\0_\0r\0", Format::Utf16),
    (b"\0{\0\"\0W\0_\0r", Format::Utf16),
    (b"\xFF\xFE\0\0{\0\0\0", Format::Utf32),
    (b"PAR1\x15\0\x15\x90", Format::Parquet),
    (b"\x93NUMPY\x01\0v\0{'descr': '<f8', 'fortran_order': Fals", Format::Npy),
    (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Format::Npz),
    (
        b"\0\0\0\0\x02\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0W\0\0\0\0\0\0\0\xF0?\0\0\0\0\0\0\xF0?\0\0",
        Format::Mat4,
    ),
    (b"MATLAB 5.0 MAT-file Platform: posix, Created on: Sun Nov 29 15:40:29 2026", Format::Mat5),
    (b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan 1", Format::Mat73),
    (b"\x89HDF\r\n\x1A\n\0\0\0\0\0\x08\x08\0", Format::Hdf5),
    (b"(dp0\nVW\np1\n(lp2\nF1.0\nas.", Format::Pickle),
    (b"}q\0X\x01\0\0\0Wq\x01]q\x02G?\xF0", Format::Pickle),
    (b"\x80\x02}q\0X\x01\0\0\0Wq\x01]q\x02G?", Format::Pickle),
    (b"\x80\x04\x95\x14\0\0\0\0\0\0\0}\x94\x8C\x01W", Format::Pickle),
    (b"\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80\x02", Format::PyTorch),
    (b"\x1F\x8B\x08\0mG\x0Ck\x02\xFF", Format::Gzip),
    (b"0.1,0.2,0.3\n0.4,0.5,0.6\n", Format::Csv),
    (b"\xEF\xBB\xBFtrial;step;unit_1\r\n0;0;0.5\r\n", Format::Csv),
    (b"0.1 0.2 0.3\n0.4 0.5 0.6\n", Format::Csv),
    (b"[[task]]\nname = \"cddm\"\n", Format::Text),
    (b"[recipe]\niterations = 10\n", Format::Text),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:", Format::GitLfsPointer),
    (b"\n<!DOCTYPE html>\n<html>", Format::Html),
];

#[test]
fn files_are_known_by_their_first_bytes() {
    for (head, expected) in HEADS {
        assert_eq!(Format::of(head), expected, "{}", head.escape_ascii());
    }
    assert_eq!(Format::of(b"\xC3\x28\xA0\xA1\xFF"), Format::Unknown);
}

/// A zip archive of empty entries: local headers, the list of entries, the end record.
fn archive(names: &[&str]) -> Vec<u8> {
    let length = |name: &str| u16::try_from(name.len()).expect("short").to_le_bytes();
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for name in names {
        let at = u32::try_from(bytes.len()).expect("short").to_le_bytes();
        bytes.extend([b"PK\x03\x04", &[0; 22][..], &length(name), &[0; 2], name.as_bytes()].concat());
        let sizes = [&[0; 24][..], &length(name), &[0; 12]].concat();
        list.extend([b"PK\x01\x02", &sizes[..], &at, name.as_bytes()].concat());
    }
    let at = u32::try_from(bytes.len()).expect("short").to_le_bytes();
    bytes.extend(list);
    bytes.extend([b"PK\x05\x06", &[0; 12][..], &at, &[0; 2]].concat());
    bytes
}

#[test]
fn archives_are_told_apart_by_what_they_hold() {
    assert_eq!(Format::of(&archive(&["responses.npy", "inputs.npy"])), Format::Npz);
    assert_eq!(Format::of(&archive(&["net/data.pkl", "net/data/0", "net/version"])), Format::PyTorch);
    // TorchScript has its code first.
    assert_eq!(Format::of(&archive(&["net/code/a.py", "net/data.pkl"])), Format::PyTorch);
    assert_eq!(Format::of(&archive(&["[Content_Types].xml", "xl/workbook.xml"])), Format::Zip);
    // Cut short: the list at the end is missing, the first name is not.
    let whole = archive(&["responses.npy", "inputs.npy"]);
    for length in 44..whole.len() {
        assert_eq!(Format::of(&whole[..length]), Format::Npz, "{length} bytes");
    }
}

#[test]
fn a_safetensors_header_of_any_length_is_no_other_format() {
    // Lengths whose bytes are a byte order mark, gzip, two pickles, a space and a brace.
    for length in [0xFEFF_u64, 0x8B1F, 0x0280, 0x0480, 0x7B20, 56] {
        let bytes = [&length.to_le_bytes()[..], b"{\"w_rec\":{\"dtype\":\"F32\""].concat();
        assert_eq!(Format::of(&bytes), Format::Safetensors, "{length}");
    }
    assert_eq!(Format::of(b"        {\"W_rec\": 1}"), Format::Json);
    assert_eq!(Format::of(b"{\"a\": 1,{"), Format::Json);
}

#[test]
fn every_format_says_what_to_do() {
    for (head, format) in HEADS {
        for wanted in [Wanted::Network, Wanted::Recording] {
            assert!(!format.remedy(wanted).is_empty(), "{format} {}", head.escape_ascii());
        }
    }
    let remedy = Format::PyTorch.remedy(Wanted::Network);
    assert!(remedy.contains("torch.load") && remedy.contains("json.dump"), "{remedy}");
    assert!(Format::Mat5.remedy(Wanted::Recording).contains("numpy.savez"));
}
