//! Number literals.

/// The decimal digits of an integer literal; `None` for complex literals and malformed ones.
pub(super) fn integer(literal: &str) -> Option<String> {
    let digits: String = literal.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let (radix, body) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, digits.as_str()),
    };
    if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    if radix == 10 {
        let trimmed = body.trim_start_matches('0');
        // Python 3 refuses `017`, but takes `00`.
        return match (trimmed.is_empty(), body.starts_with('0')) {
            (true, _) => Some("0".to_owned()),
            (false, true) => None,
            (false, false) => Some(body.to_owned()),
        };
    }
    Some(to_decimal(body, radix))
}

/// Changes the radix of a number of any size.
fn to_decimal(body: &str, radix: u32) -> String {
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in body.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(radix) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut text = limbs.last().map(u64::to_string).unwrap_or_default();
    for limb in limbs.iter().rev().skip(1) {
        text.push_str(&format!("{limb:09}"));
    }
    text
}

/// The value of a float literal; `None` for complex literals.
pub(super) fn float(literal: &str) -> Option<f64> {
    literal.chars().filter(|c| *c != '_').collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_radix_become_decimal() {
        assert_eq!(integer("1_000").as_deref(), Some("1000"));
        assert_eq!(integer("0xFF").as_deref(), Some("255"));
        assert_eq!(integer("0b1010").as_deref(), Some("10"));
        assert_eq!(integer("0o17").as_deref(), Some("15"));
        assert_eq!(integer("0x0").as_deref(), Some("0"));
        assert_eq!(integer("00").as_deref(), Some("0"));
    }

    #[test]
    fn integers_beyond_every_machine_word_are_exact() {
        let hex = format!("0x1{}", "0".repeat(40));
        assert_eq!(integer(&hex).as_deref(), Some("1461501637330902918203684832716283019655932542976"));
    }

    #[test]
    fn complex_and_old_octal_literals_are_none() {
        assert_eq!(integer("3j"), None);
        assert_eq!(integer("017"), None);
        assert_eq!(float("1.5j"), None);
    }

    #[test]
    fn floats_may_leave_out_a_side() {
        assert_eq!(float("1."), Some(1.0));
        assert_eq!(float(".5"), Some(0.5));
        assert_eq!(float("1_0e-3"), Some(0.01));
    }
}
