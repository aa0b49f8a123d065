#include "supervisor/manifest/formats.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace podrun::manifest {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_lower_alnum(char c) { return is_lower(c) || is_digit(c); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
bool is_any_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// `edge` characters, with those of `inner` between them.
template <class Edge>
bool matches(std::string_view value, Edge edge, std::string_view inner) {
  return !value.empty() && edge(value.front()) && edge(value.back()) &&
         std::all_of(value.begin(), value.end(),
                     [&](char c) { return edge(c) || is_any_of(c, inner); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_subdomain(std::string_view value) {
  const auto labels = split(value, '.');
  return std::all_of(labels.begin(), labels.end(),
                     [](std::string_view label) { return matches(label, is_lower_alnum, "-"); });
}

std::string too_long(int most) { return "must be no more than " + std::to_string(most) + " bytes"; }

/// The message of a value that does not match a regular expression.
std::string regex_text(std::string text, std::string_view regex,
                       std::initializer_list<std::string_view> examples) {
  text += examples.size() == 0 ? " (" : " (e.g. ";
  bool first = true;
  for (const std::string_view example : examples) {
    if (!first) text += " or ";
    first = false;
    text += "'" + std::string(example) + "', ";
  }
  return text + "regex used for validation is '" + std::string(regex) + "')";
}

#define LABEL_REGEX "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define KEY_REGEX "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
constexpr std::string_view kLabelRegex = LABEL_REGEX;
constexpr std::string_view kSubdomainRegex = LABEL_REGEX "(\\." LABEL_REGEX ")*";
constexpr std::string_view kKeyRegex = KEY_REGEX;
constexpr std::string_view kLabelValueRegex = "(" KEY_REGEX ")?";
#undef LABEL_REGEX
#undef KEY_REGEX

constexpr int kLabelLength = 63;
constexpr int kSubdomainLength = 253;

std::string key_text(const std::string& what) {
  return regex_text(what +
                        " must consist of alphanumeric characters, '-', '_' or '.', and must "
                        "start and end with an alphanumeric character",
                    kKeyRegex, {"MyName", "my.name", "123-abc"});
}

}  // namespace

std::string range_text(std::int64_t least, std::int64_t most) {
  return "must be between " + std::to_string(least) + " and " + std::to_string(most) +
         ", inclusive";
}

Problems check_dns1123_label(std::string_view value) {
  Problems problems;
  if (value.size() > kLabelLength) problems.push_back(too_long(kLabelLength));
  if (matches(value, is_lower_alnum, "-")) return problems;
  if (is_subdomain(value)) {
    problems.emplace_back("must not contain dots");
  } else {
    problems.push_back(regex_text(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
        "must start and end with an alphanumeric character",
        kLabelRegex, {"my-name", "123-abc"}));
  }
  return problems;
}

Problems check_dns1035_label(std::string_view value) {
  Problems problems;
  if (value.size() > kLabelLength) problems.push_back(too_long(kLabelLength));
  if (!matches(value, is_lower_alnum, "-") || !is_lower(value.front())) {
    problems.push_back(regex_text(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
        "an alphabetic character, and end with an alphanumeric character",
        "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  }
  return problems;
}

Problems check_dns1123_subdomain(std::string_view value) {
  Problems problems;
  if (value.size() > kSubdomainLength) problems.push_back(too_long(kSubdomainLength));
  if (!is_subdomain(value)) {
    problems.push_back(regex_text(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
        "'.', and must start and end with an alphanumeric character",
        kSubdomainRegex, {"example.com"}));
  }
  return problems;
}

Problems check_qualified_name(std::string_view value) {
  Problems problems;
  const auto parts = split(value, '/');
  if (parts.size() > 2) {
    return {key_text("a valid label key") +
            " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
  }
  if (parts.size() == 2 && parts[0].empty()) {
    problems.emplace_back("prefix part must be non-empty");
  } else if (parts.size() == 2) {
    for (const std::string& problem : check_dns1123_subdomain(parts[0])) {
      problems.push_back("prefix part " + problem);
    }
  }
  const std::string_view name = parts.back();
  if (name.empty()) {
    problems.emplace_back("name part must be non-empty");
  } else if (name.size() > kLabelLength) {
    problems.push_back("name part " + too_long(kLabelLength));
  }
  if (!matches(name, is_alnum, "-_.")) problems.push_back(key_text("name part"));
  return problems;
}

Problems check_label_value(std::string_view value) {
  Problems problems;
  if (value.size() > kLabelLength) problems.push_back(too_long(kLabelLength));
  if (!value.empty() && !matches(value, is_alnum, "-_.")) {
    problems.push_back(regex_text(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
        "'.', and must start and end with an alphanumeric character",
        kLabelValueRegex, {"MyValue", "my_value", "12345"}));
  }
  return problems;
}

Problems check_port_number(std::int64_t port) {
  constexpr int kMost = 65535;
  if (port >= 1 && port <= kMost) return {};
  return {range_text(1, kMost)};
}

Problems check_port_name(std::string_view name) {
  constexpr int kLongest = 15;
  Problems problems;
  if (name.size() > kLongest) problems.push_back(too_long(kLongest));
  const auto allowed = [](char c) { return is_lower_alnum(c) || c == '-'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) {
    problems.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::none_of(name.begin(), name.end(), is_lower)) {
    problems.emplace_back("must contain at least one letter (a-z)");
  }
  if (name.find("--") != std::string_view::npos) {
    problems.emplace_back("must not contain consecutive hyphens");
  }
  if (!name.empty() && (name.front() == '-' || name.back() == '-')) {
    problems.emplace_back("must not begin or end with a hyphen");
  }
  return problems;
}

Problems check_http_header_name(std::string_view name) {
  const auto allowed = [](char c) { return is_alnum(c) || c == '-'; };
  if (!name.empty() && std::all_of(name.begin(), name.end(), allowed)) return {};
  return {regex_text("a valid HTTP header must consist of alphanumeric characters or '-'",
                     "[-A-Za-z0-9]+", {"X-Header-Name"})};
}

Problems check_http_path(std::string_view path) {
  const bool fits = std::all_of(path.begin(), path.end(), [](char c) {
    return is_alnum(c) || is_any_of(c, "/-._~%!$&'()*+,;=:");
  });
  if (fits && !path.empty()) return {};
  return {regex_text("Invalid path", "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+", {})};
}

Problems check_env_name(std::string_view name) {
  if (name.empty()) return {"environment variable name must be non-empty"};
  const auto allowed = [](char c) { return c >= ' ' && c <= '~' && c != '='; };
  if (std::all_of(name.begin(), name.end(), allowed)) return {};
  return {
      "a valid environment variable name must consist only of printable ASCII characters other "
      "than '='"};
}

Problems check_config_map_key(std::string_view key) {
  Problems problems;
  if (key.size() > kSubdomainLength) problems.push_back(too_long(kSubdomainLength));
  const auto allowed = [](char c) { return is_alnum(c) || is_any_of(c, "-._"); };
  if (key.empty() || !std::all_of(key.begin(), key.end(), allowed)) {
    problems.push_back(
        regex_text("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                   "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  if (key == ".") problems.emplace_back("must not be '.'");
  if (key == "..") {
    problems.emplace_back("must not be '..'");
  } else if (key.starts_with("..")) {
    problems.emplace_back("must not start with '..'");
  }
  return problems;
}

Problems check_user_id(std::int64_t id) {
  constexpr std::int64_t kMost = 0x7fffffff;
  if (id >= 0 && id <= kMost) return {};
  return {range_text(0, kMost)};
}

Problems check_no_backsteps(std::string_view path) {
  const auto parts = split(path, '/');
  if (std::find(parts.begin(), parts.end(), "..") == parts.end()) return {};
  return {"must not contain '..'"};
}

Problems check_local_path(std::string_view path) {
  Problems problems;
  if (path.starts_with("/")) problems.emplace_back("must be a relative path");
  for (std::string& problem : check_no_backsteps(path)) problems.push_back(std::move(problem));
  return problems;
}

Problems check_local_item_path(std::string_view path) {
  Problems problems = check_local_path(path);
  // "../x" has just been reported.
  if (path.starts_with("..") && !path.starts_with("../")) {
    problems.emplace_back("must not start with '..'");
  }
  return problems;
}

Problems check_ip(const std::string& address) {
  unsigned char bytes[sizeof(in6_addr)];
  if (::inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
      ::inet_pton(AF_INET6, address.c_str(), bytes) == 1) {
    return {};
  }
  return {"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"};
}

Problems check_cidr(const std::string& range) {
  const auto parts = split(range, '/');
  const bool is_v6 = range.find(':') != std::string::npos;
  if (parts.size() == 2 && check_ip(std::string(parts[0])).empty()) {
    const std::string_view bits = parts[1];
    int prefix = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
    const bool whole = error == std::errc() && end == bits.data() + bits.size();
    if (whole && prefix >= 0 && prefix <= (is_v6 ? 128 : 32)) return {};
  }
  return {"must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"};
}

namespace {

struct AddressClass {
  bool unspecified = false, loopback = false, link_local = false, link_local_multicast = false;
};

/// Go's net.IP: IsUnspecified, IsLoopback, IsLinkLocalUnicast, IsLinkLocalMulticast.
AddressClass classify(const std::string& address) {
  unsigned char v4[sizeof(in_addr)];
  in6_addr v6{};
  if (::inet_pton(AF_INET, address.c_str(), v4) != 1) {
    if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return {};
    if (!IN6_IS_ADDR_V4MAPPED(&v6)) {
      return {static_cast<bool>(IN6_IS_ADDR_UNSPECIFIED(&v6)),
              static_cast<bool>(IN6_IS_ADDR_LOOPBACK(&v6)),
              static_cast<bool>(IN6_IS_ADDR_LINKLOCAL(&v6)),
              static_cast<bool>(IN6_IS_ADDR_MC_LINKLOCAL(&v6))};
    }
    std::copy(v6.s6_addr + sizeof(in6_addr) - sizeof v4, v6.s6_addr + sizeof(in6_addr), v4);
  }
  return {v4[0] == 0 && v4[1] == 0 && v4[2] == 0 && v4[3] == 0, v4[0] == 127,
          v4[0] == 169 && v4[1] == 254, v4[0] == 224 && v4[1] == 0 && v4[2] == 0};
}

}  // namespace

Problems check_reachable_ip(const std::string& address) {
  const AddressClass of = classify(address);
  if (of.unspecified) return {"may not be unspecified (" + address + ")"};
  if (of.loopback) return {"may not be in the loopback range (127.0.0.0/8, ::1/128)"};
  if (of.link_local) return {"may not be in the link-local range (169.254.0.0/16, fe80::/10)"};
  if (of.link_local_multicast) {
    return {"may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"};
  }
  return {};
}

bool is_sysctl_name(std::string_view name) {
  if (name.size() > kSubdomainLength) return false;
  std::string dotted(name);
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  const auto segments = split(dotted, '.');
  return std::all_of(segments.begin(), segments.end(), [](std::string_view segment) {
    return matches(segment, is_lower_alnum, "-_");
  });
}

}  // namespace podrun::manifest
