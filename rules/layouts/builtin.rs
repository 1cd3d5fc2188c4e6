// The layouts inside the binary, in the order in which they are listed: names and texts.
&[
    ("clever", include_str!("clever.toml")),
    ("oneroster-1.1", include_str!("oneroster-1.1.toml")),
    ("oneroster-1.2", include_str!("oneroster-1.2.toml")),
    ("mylexia", include_str!("mylexia.toml")),
    ("edsembli-connect", include_str!("edsembli-connect.toml")),
    ("sds-v1", include_str!("sds-v1.toml")),
    ("sds-v1-uk", include_str!("sds-v1-uk.toml")),
    ("sds-v2", include_str!("sds-v2.toml")),
    ("sds-v2.1", include_str!("sds-v2.1.toml")),
    ("schoology", include_str!("schoology.toml")),
    ("aspen-x2", include_str!("aspen-x2.toml")),
    ("masteryconnect", include_str!("masteryconnect.toml")),
    ("masteryconnect-accounts", include_str!("masteryconnect-accounts.toml")),
    ("canvas-accounts", include_str!("canvas-accounts.toml")),
    ("accounts", include_str!("accounts.toml")),
    ("rollbook", include_str!("rollbook.toml")),
]
