//! C++ names as people write them: cut down from what the demangler gives, and compared with it.

/// Names of the standard library's, as the demangler writes them and as people do.
const ALIASES: [(&str, &str); 2] = [
    (
        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char>>",
        "std::string",
    ),
    (
        "std::basic_string_view<char, std::char_traits<char>>",
        "std::string_view",
    ),
];

/// `Window` of `vtable for Window`.
pub(crate) fn entity(demangled: &str) -> &str {
    const PREFIXES: [&str; 8] = [
        "vtable for ",
        "VTT for ",
        "typeinfo for ",
        "typeinfo name for ",
        "guard variable for ",
        "virtual thunk to ",
        "non-virtual thunk to ",
        "reference temporary for ",
    ];
    PREFIXES
        .iter()
        .find_map(|prefix| demangled.strip_prefix(prefix))
        .unwrap_or(demangled)
}

/// `ns::draw` of `ns::draw(int, char const*)`.
pub fn without_parameters(entity: &str) -> &str {
    let call = "operator()";
    let search_from = entity.find(call).map_or(0, |at| at + call.len());
    match entity[search_from..].find('(') {
        Some(at) => &entity[..search_from + at],
        None => entity,
    }
}

/// `ns::twice<int>` of `int ns::twice<int>`: functions that a template makes are demangled with what
/// they return.
pub(crate) fn without_result(name: &str) -> &str {
    let searched = name.find("operator").map_or(name, |at| &name[..at]);
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, character) in searched.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => start = at + 1,
            _ => {}
        }
    }
    &name[start..]
}

/// `ns::name()` of `ns::name[abi:cxx11]()`: a tag of the compiler's that nobody writes.
fn without_abi_tags(signature: &str) -> String {
    let mut parts = signature.split("[abi:");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str(part.split_once(']').map_or("", |(_, rest)| rest));
    }
    whole
}

/// One spelling for signatures that differ in blanks and in where `const` stands: `f(const char *)`
/// and `f(char const*)` are the same. `f(void)` is `f()`, and `std::string` what the compiler calls so.
pub fn canonical(signature: &str) -> String {
    let mut signature = without_abi_tags(signature).replace("(void)", "()");
    for (long, short) in ALIASES {
        signature = signature.replace(long, short);
    }
    let mut words: Vec<String> = Vec::new();
    let mut is_in_word = false;
    for character in signature.chars() {
        let is_word = character.is_alphanumeric() || "_:$".contains(character);
        match words.last_mut() {
            _ if character.is_whitespace() => {}
            Some(last) if is_word && is_in_word => last.push(character),
            _ => words.push(character.to_string()),
        }
        is_in_word = is_word;
    }
    // `const T` is `T const`.
    for place in 0..words.len() {
        let starts_type = place == 0 || ["(", ",", "<"].contains(&words[place - 1].as_str());
        if starts_type && words[place] == "const" {
            words[place..].rotate_left(1);
            let end = place + type_length(&words[place..]);
            words[end..].rotate_right(1);
        }
    }
    words.join(" ")
}

/// How many words name the type at the start of `words`, arguments of a template with it; the last
/// word is not looked at.
fn type_length(words: &[String]) -> usize {
    let mut depth = 0_usize;
    let ends = words[..words.len() - 1].iter().position(|word| {
        match word.as_str() {
            "<" => depth += 1,
            ">" if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        let is_name = word.starts_with(|first: char| first.is_alphanumeric() || first == '_');
        depth == 0 && !is_name
    });
    ends.unwrap_or(words.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_what_a_user_would_write() {
        assert_eq!(without_parameters("ns::f(int)"), "ns::f");
        assert_eq!(without_parameters("C::operator()(int)"), "C::operator()");
        assert_eq!(entity("vtable for ns::C"), "ns::C");
        for (name, expected) in [
            ("int ns::twice<int>", "ns::twice<int>"),
            (
                "std::map<int, char> const& ns::f<long, int>",
                "ns::f<long, int>",
            ),
            ("bool ns::operator==<int>", "ns::operator==<int>"),
            (
                "ns::C::operator unsigned long",
                "ns::C::operator unsigned long",
            ),
            ("ns::f", "ns::f"),
        ] {
            assert_eq!(without_result(name), expected);
        }
    }

    #[test]
    fn signatures_are_compared_and_not_their_spelling() {
        for (one, other) in [
            ("ns::f(const char *, int)", "ns::f(char const*, int)"),
            ("f(void)", "f()"),
            ("C::name() const", "C::name[abi:cxx11]() const"),
            ("f(const unsigned int&)", "f(unsigned int const&)"),
            ("g( std::vector<const int*> )", "g(std::vector<int const*>)"),
            ("g(const T<int, U> &,int)", "g(T<int, U> const&, int)"),
            (
                "f(const std::string &)",
                "f(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char>> const&)",
            ),
            ("C::operator()(int)", "C::operator() (int)"),
            (
                "g(const std::vector<const T<int>&> &)",
                "g(std::vector<T<int> const&> const&)",
            ),
        ] {
            assert_eq!(canonical(one), canonical(other));
        }
        for (one, other) in [
            ("f(char*)", "f(char const*)"),
            ("f(char const*)", "f(char*const)"),
            ("f(unsigned int)", "f(unsignedint)"),
            ("C::f()", "C::f() const"),
        ] {
            assert_ne!(canonical(one), canonical(other));
        }
    }
}
