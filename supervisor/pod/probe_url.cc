#include "supervisor/pod/probe_url.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/go_text.h"
#include "supervisor/pod/probe_stream.h"

namespace podrun::pod {

namespace {

bool hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
int hex_value(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// The first "%" that is not followed by two hex digits, with what follows it; empty where all fit.
std::string_view bad_escape(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !hex(text[at + 1]) || !hex(text[at + 2]))
      return text.substr(at, 3);
  }
  return {};
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// An escaping that its author chose is kept where it is a valid one; else net/url makes its own.
std::string normal_path(std::string_view path) {
  const bool valid = std::all_of(path.begin(), path.end(), [](char c) {
    return go_plain_in_path(c) || one_of(c, "!'()*[]%");
  });
  return valid ? std::string(path) : go_escape_path(unescape(path));
}

/// What stands behind scheme and authority.
void take_path_query_fragment(std::string_view text, ProbeUrl& url) {
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    url.has_query = true;
    url.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  url.path = normal_path(text);
}

/// "scheme" of "scheme:rest", or nothing.
std::string_view scheme_of(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() &&
         (letter(text[i]) || (i > 0 && (digit(text[i]) || one_of(text[i], "+-.")))))
    ++i;
  return i > 0 && i < text.size() && text[i] == ':' ? text.substr(0, i) : std::string_view();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

/// "user@host:port". An error's text, or nothing.
std::string take_authority(std::string_view text, ProbeUrl& url) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.rfind(']');
    if (close == std::string_view::npos) return "missing ']' in host";
    url.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else {
    const auto colon = text.rfind(':');
    url.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  url.port.clear();
  if (port.empty()) return {};
  if (port.front() != ':' || !std::all_of(port.begin() + 1, port.end(), digit))
    return "invalid port " + go_quote(port) + " after host";
  url.port = port.substr(1);
  return {};
}

/// RFC 3986, 5.2.4, on an absolute path.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_folder = false;
  std::size_t at = 0;
  while (at < path.size()) {
    const auto slash = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at + 1, slash - at - 1);
    ends_in_folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!ends_in_folder) kept.push_back(segment);
    at = slash;
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  if (ends_in_folder || out.empty()) out += '/';
  return out;
}

std::string merged_path(const ProbeUrl& base, std::string_view relative) {
  if (relative.empty()) return base.path.empty() ? "/" : base.path;
  if (relative.front() == '/') return without_dot_segments(relative);
  std::string folder = base.path.substr(0, base.path.rfind('/') + 1);
  if (folder.empty()) folder = "/";
  return without_dot_segments(folder.append(relative));
}

}  // namespace

std::string ProbeUrl::authority() const {
  if (!port.empty()) return join_host_port(host, port);
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string ProbeUrl::text() const {
  std::string out = scheme + "://" + authority();
  if (!path.empty() && path.front() != '/') out += '/';
  out += path;
  if (has_query) out += "?" + query;
  if (!fragment.empty()) out += "#" + fragment;
  return out;
}

std::string ProbeUrl::request_uri() const {
  std::string out = path.empty() || path.front() != '/' ? "/" + path : path;
  if (has_query) out += "?" + query;
  return out;
}

int ProbeUrl::port_number() const {
  if (port.empty()) return scheme == "https" ? 443 : 80;
  if (port.size() > 5) return 0;
  const int number = std::atoi(port.c_str());
  return number <= 65535 ? number : 0;
}

ProbeUrl probe_url(std::string_view scheme, std::string_view host, int port,
                   std::string_view path) {
  ProbeUrl url;
  const bool parses = std::none_of(path.begin(), path.end(), control) &&
                      bad_escape(path.substr(0, path.find_first_of("?#"))).empty();
  if (!parses) {
    url.path = go_escape_path(path);
  } else {
    std::string_view rest = path;
    if (const auto named = scheme_of(path); !named.empty()) rest.remove_prefix(named.size() + 1);
    if (rest.substr(0, 2) == "//" && rest.substr(0, 3) != "///") {
      const auto end = rest.find_first_of("/?#", 2);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    }
    take_path_query_fragment(rest, url);
  }
  url.scheme = lower(scheme);
  url.host = host;
  url.port = std::to_string(port);
  return url;
}

ResolvedUrl resolve_location(const ProbeUrl& base, std::string_view location) {
  ResolvedUrl result;
  const auto refuse = [&](const std::string& why) {
    result.error = "parse " + go_quote(location) + ": " + why;
    return result;
  };
  if (std::any_of(location.begin(), location.end(), control))
    return refuse("net/url: invalid control character in URL");
  std::string_view rest = location;
  result.url.scheme = base.scheme;
  if (const auto scheme = scheme_of(location); !scheme.empty()) {
    result.absolute = true;
    result.url.scheme = lower(scheme);
    rest.remove_prefix(scheme.size() + 1);
  } else if (!location.empty() && location.front() == ':') {
    return refuse("missing protocol scheme");
  }
  const bool has_authority = rest.substr(0, 2) == "//";
  if (has_authority) {
    const auto end = std::min(rest.find_first_of("/?#", 2), rest.size());
    if (const auto error = take_authority(rest.substr(2, end - 2), result.url); !error.empty())
      return refuse(error);
    rest.remove_prefix(end);
  } else if (!result.absolute) {
    result.url.host = base.host;
    result.url.port = base.port;
  }
  if (const auto bad = bad_escape(rest.substr(0, rest.find_first_of("?#"))); !bad.empty())
    return refuse("invalid URL escape " + go_quote(bad));
  take_path_query_fragment(rest, result.url);
  if (has_authority || result.absolute) {
    if (!result.url.path.empty() && result.url.path.front() == '/')
      result.url.path = without_dot_segments(result.url.path);
    return result;
  }
  if (result.url.path.empty() && !result.url.has_query) {
    result.url.has_query = base.has_query;
    result.url.query = base.query;
  }
  result.url.path = merged_path(base, result.url.path);
  return result;
}

}  // namespace podrun::pod
