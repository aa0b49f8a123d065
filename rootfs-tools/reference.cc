// Names of images, by the grammar of distribution/reference (reference.go, normalize.go).
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/image.h"

namespace podrun::images {

namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestTag = 128;

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return is_lower_alnum(c) || is_upper(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// [a-z0-9]+ joined by ".", "_", "__" or any number of "-".
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_lower_alnum(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && !is_lower_alnum(text[end])) ++end;
    const std::string_view joint = text.substr(i, end - i);
    const bool dashes = joint.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") return false;
    i = end;
  }
  return true;
}

bool is_port(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_domain_label(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

/// Host name, IPv4 address or bracketed IPv6 address, with an optional port.
bool is_domain(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    if (text.substr(1, close - 1).find_first_not_of("0123456789abcdefABCDEF:") !=
        std::string_view::npos)
      return false;
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  while (true) {
    const auto dot = text.find('.');
    if (!is_domain_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_tag(std::string_view text) {
  const auto word = [](char c) { return is_alnum(c) || c == '_'; };
  return !text.empty() && text.size() <= kLongestTag && word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return word(c) || c == '.' || c == '-'; });
}

struct Reference {
  std::string domain, path;
  std::string tag;     // or empty
  std::string digest;  // or empty
};

[[noreturn]] void refuse(const std::string& reference, const std::string& why) {
  const std::string shown =
      reference.size() > 2 * kLongestName ? reference.substr(0, 2 * kLongestName) + "…" : reference;
  throw BadInput("couldn't parse image name \"" + shown + "\": " + why);
}

/// Splits "docker.io" from "library/busybox" as Docker does.
void split_domain(std::string_view name, Reference& result) {
  const auto slash = name.find('/');
  const std::string_view first = name.substr(0, slash);
  const bool has_domain =
      slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
       std::any_of(first.begin(), first.end(), is_upper));
  result.domain = has_domain ? first : "docker.io";
  result.path = has_domain ? name.substr(slash + 1) : name;
  if (result.domain == "index.docker.io") result.domain = "docker.io";
  if (result.domain == "docker.io" && result.path.find('/') == std::string::npos)
    result.path = "library/" + result.path;
}

void check_path(const std::string& whole, std::string_view path) {
  if (std::any_of(path.begin(), path.end(), is_upper))
    refuse(whole, "invalid reference format: repository name must be lowercase");
  while (true) {
    const auto slash = path.find('/');
    if (!is_path_component(path.substr(0, slash))) refuse(whole, "invalid reference format");
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

Reference parse(const std::string& reference) {
  Reference result;
  std::string_view rest = reference;
  const auto at = rest.find('@');
  if (at != std::string_view::npos) {
    result.digest = rest.substr(at + 1);
    if (!is_digest(result.digest)) refuse(reference, "invalid reference format");
    rest = rest.substr(0, at);
  }
  const auto colon = rest.rfind(':');
  const auto slash = rest.rfind('/');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    result.tag = rest.substr(colon + 1);
    if (!is_tag(result.tag)) refuse(reference, "invalid reference format");
    rest = rest.substr(0, colon);
  }
  if (rest.empty()) refuse(reference, "invalid reference format");
  if (is_sha256_hex(rest))
    refuse(reference, "invalid repository name, cannot specify 64-byte hexadecimal strings");
  split_domain(rest, result);
  if (!is_domain(result.domain)) refuse(reference, "invalid reference format");
  check_path(reference, result.path);
  if (result.domain.size() + 1 + result.path.size() > kLongestName)
    refuse(reference, "repository name must not be more than 255 characters");
  return result;
}

}  // namespace

std::string normalize_reference(const std::string& reference) {
  const Reference parts = parse(reference);
  const std::string name = parts.domain + "/" + parts.path;
  if (!parts.digest.empty()) return name + "@" + parts.digest;
  return name + ":" + (parts.tag.empty() ? "latest" : parts.tag);
}

bool is_latest(const std::string& reference) {
  const Reference parts = parse(reference);
  return parts.digest.empty() && (parts.tag.empty() || parts.tag == "latest");
}

}  // namespace podrun::images
