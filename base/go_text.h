// Text as Go's standard library writes it: Kubernetes' messages are made of it.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace podrun {

/// fmt's %q: in double quotes, escaped as a Go string literal; bytes that are not UTF-8 as \x...
/// Code points that Go would find unprintable beyond the common ones are shown as they are.
std::string go_quote(std::string_view text);

/// time.Duration.String: "1s", "1m30s", "500ms", "1.5s", "0s".
std::string go_duration(Nanoseconds duration);

/// net/url's escaping of a whole path: what is not plain as %XX.
std::string go_escape_path(std::string_view path);
bool go_plain_in_path(char c);

}  // namespace podrun
