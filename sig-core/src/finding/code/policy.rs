//! The policy itself.

use super::rows;

rows! {
    TESTING = "policy.parameters.testing", Warn, Context, None, "EN 319 102-1 §5.1.4",
        "проверено по политике для испытаний: она принимает ключи, известные всем, и этот вывод ничего не доказывает",
        "judged by a policy for tests: it takes keys that anybody may know, and this verdict proves nothing";
}
