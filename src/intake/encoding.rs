//! From a text file's bytes to its text, without ever putting a replacement for what cannot be read.

use super::raw::Fault;
use crate::model::Message;
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Decodes a file: by its mark, else UTF-8 where it is that, else UTF-16 by its zeros, else GB18030 or Big5.
///
/// # Errors
/// When a byte belongs to no character of the file's encoding: nothing is read then.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let bytes = &bytes[mark..];
        if encoding == UTF_8 {
            return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| bad_utf8(bytes, error));
        }
        return strict(encoding, bytes);
    }
    if let Some(encoding) = wide_without_mark(bytes) {
        return strict(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) if is_utf8_so_far(bytes, error) => Err(bad_utf8(bytes, error)),
        Err(_) => strict(chinese(bytes), bytes),
    }
}

/// Decodes by the name that a file gives its encoding; by its bytes where it gives none, an unknown one or a wrong one.
///
/// # Errors
/// Those of [`decode`].
pub(crate) fn decode_as<'b>(label: Option<&str>, bytes: &'b [u8]) -> Result<Cow<'b, str>, Fault> {
    let marked = Encoding::for_bom(bytes).is_some() || wide_without_mark(bytes).is_some();
    let named = label.and_then(|label| Encoding::for_label(label.trim().as_bytes())).filter(|_| !marked);
    // Pages that say gb2312 hold GBK, and GB18030 reads both.
    let named = named.map(|encoding| if encoding == encoding_rs::GBK { GB18030 } else { encoding });
    match named.and_then(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes)) {
        Some(text) => Ok(text),
        None => decode(bytes),
    }
}

/// The first characters of a file, for a look at what it is.
pub(crate) fn beginning(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(4096)];
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| wide_without_mark(bytes));
    encoding.unwrap_or(UTF_8).decode(bytes).0.into_owned()
}

/// UTF-16 without a mark, told by the zeros in every other place that ASCII has there: separators, digits, line ends.
pub(crate) fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let bytes = &bytes[..bytes.len().min(1 << 16)];
    let mut zeros = [0_usize; 2];
    for at in memchr::memchr_iter(0, bytes) {
        zeros[at % 2] += 1;
    }
    let [even, odd] = zeros;
    let enough = |these: usize, others: usize| these >= 4 && these > others * 20 && these * 50 >= bytes.len();
    match () {
        () if enough(odd, even) => Some(UTF_16LE),
        () if enough(even, odd) => Some(UTF_16BE),
        () => None,
    }
}

/// Characters of the words that stand in headers, simplified and traditional.
const OF_TITLES: &str = "号號编編客户戶姓名手机機车車型日期时時间間电電话話订訂单單级級别別顾顧问問销銷售潜潛渠道类類金额額备備注註\
                         状狀态態预預实實周店保养養投诉訴回访訪接进進厂廠工里程服务務责責任部门門处處理价價交库庫";

/// GB18030 or Big5, whichever makes more words of headers out of the bytes. Bytes that only one of them reads are its.
fn chinese(bytes: &[u8]) -> &'static Encoding {
    let Some(big5) = BIG5.decode_without_bom_handling_and_without_replacement(bytes) else { return GB18030 };
    let Some(gb) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) else { return BIG5 };
    let hits = |text: &str| text.chars().take(1 << 16).filter(|c| !c.is_ascii() && OF_TITLES.contains(*c)).count();
    if hits(&big5) > hits(&gb) { BIG5 } else { GB18030 }
}

/// Whether a file that fails as UTF-8 is UTF-8 all the same, damaged or cut off: so much Chinese text before the
/// failure is never valid UTF-8 by chance.
fn is_utf8_so_far(bytes: &[u8], error: std::str::Utf8Error) -> bool {
    let valid = &bytes[..error.valid_up_to()];
    let chinese = valid.iter().filter(|byte| **byte >= 0xE0).count();
    chinese >= 4
}

fn bad_utf8(bytes: &[u8], error: std::str::Utf8Error) -> Fault {
    let what = bad_byte(bytes, error.valid_up_to());
    Fault::Told(if error.error_len().is_none() { "W003" } else { "W001" }, what)
}

fn bad_byte(bytes: &[u8], at: usize) -> Message {
    let line = bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count() + 1;
    Message::new("fault.bad_byte").with("line", line)
}

fn strict<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Result<Cow<'b, str>, Fault> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let what = bad_byte(bytes, read);
    match result {
        // Everything was consumed when the last character turned out to be half of one.
        encoding_rs::DecoderResult::Malformed(..) if read == bytes.len() => Err(Fault::Told("W003", what)),
        _ => Err(Fault::Told("W001", what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::wide;

    #[test]
    fn encodings_are_told_by_their_bytes() {
        let simplified = "潜客编号,客户姓名,手机号\r\nQK0001,欧阳镕,13800000001\r\n";
        let traditional = "潛客編號,客戶姓名,手機號\r\nQK0001,歐陽鎔,13800000001\r\n";
        for text in [simplified, traditional] {
            assert_eq!(decode(text.as_bytes()).expect("UTF-8"), text);
            assert_eq!(decode(format!("\u{FEFF}{text}").as_bytes()).expect("UTF-8 with a mark"), text);
            assert_eq!(decode(&GB18030.encode(text).0).expect("GB18030"), text);
            for little in [true, false] {
                assert_eq!(decode(&wide(text, little)).expect("UTF-16"), text);
                assert_eq!(decode(&wide(&format!("\u{FEFF}{text}"), little)).expect("UTF-16 with a mark"), text);
            }
        }
        assert_eq!(decode(&BIG5.encode(traditional).0).expect("Big5"), traditional);
        assert_eq!(decode_as(Some("gb2312"), &GB18030.encode(simplified).0).expect("named"), simplified);
        assert_eq!(decode_as(Some("utf-8"), &GB18030.encode(simplified).0).expect("named wrongly"), simplified);
    }

    #[test]
    fn a_zero_makes_no_text_wide() {
        assert_eq!(wide_without_mark("潜客编号,云岭\0X5\r\n1,2\r\n".as_bytes()), None);
        assert_eq!(wide_without_mark(b""), None);
    }
}
