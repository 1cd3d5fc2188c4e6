//! Words for passwords, in the names of columns and in texts: one list for whatever hides them.
//!
//! Data comes in the languages of those who keep it, and a column of a district's own may be called anything.

/// What stands in place of a password where it would be told.
pub const HIDDEN: &str = "•••";

/// Words for a password, wherever they stand in a name: `initialPassword`, `user_passwords`. A blank in one may be any mark, or nothing.
pub const SECRET_WITHIN: &[&str] = &[
    "password",
    "passwort",
    "passwrd",
    "passwrt",
    "passwd",
    "pass word",
    "pass code",
    "pass phrase",
    "kennwort",
    "contraseña",
    "contrasen\u{303}a",
    "contrasena",
    "mot de passe",
    "wachtwoord",
    "lösenord",
    "senha",
    "pwd",
    "hasło",
    "haslo",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
];

/// Words that other words hold, too (`shipping`, `secretary`): they stand alone.
pub const SECRET_ALONE: &[&str] = &["pass", "pin", "pins", "pw", "mdp", "clave", "parola", "secret", "secrets", "token", "tokens"];

/// Whether a column of this name holds passwords, or what is as good as one.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    // Marks between words are blanks, so that `mot_de_passe` is `mot de passe`.
    let plain: String = name.to_lowercase().chars().map(|letter| if is_mark(letter) { ' ' } else { letter }).collect();
    SECRET_WITHIN.iter().any(|word| plain.contains(word) || (word.contains(' ') && plain.contains(&word.replace(' ', ""))))
        || words(name).iter().any(|word| SECRET_ALONE.contains(&word.as_str()))
        || plain.split(' ').any(|word| SECRET_ALONE.contains(&word))
}

/// What parts words beside the case of letters. An accent of its own belongs to its letter.
fn is_mark(letter: char) -> bool {
    !letter.is_alphabetic() && !('\u{300}'..='\u{36f}').contains(&letter)
}

/// The words of a name in small letters: `StudentPIN2` is `student` and `pin`, `APIToken` is `api` and `token`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let begins = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some_and(char::is_uppercase) && letters.get(at + 1).is_some_and(|after| after.is_lowercase())));
        if begins || is_mark(*letter) {
            words.push(String::new());
        }
        if !is_mark(*letter)
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words
}
