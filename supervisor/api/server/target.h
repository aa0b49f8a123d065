// A request's target, taken apart: path and query, percent-decoded (RFC 3986, RFC 9112
// section 3.2).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podrun::api {

struct Target {
  std::string path;  // as it stands, duplicate slashes too; "*" for OPTIONS
  std::vector<std::pair<std::string, std::string>> query;
};

/// Takes "/path?query", "http://host/path?query" and "*". Throws BadInput where the target is of
/// another form, where an escape is invalid, or where the decoded text is not UTF-8. As in net/url,
/// "+" is a space in a query, and a pair with a ";" is refused.
Target parse_target(std::string_view target);

}  // namespace podrun::api
