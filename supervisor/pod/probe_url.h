// The URL of an HTTP probe, as Go's net/url would hold, print and resolve it.
#pragma once

#include <string>
#include <string_view>

namespace podrun::pod {

struct ProbeUrl {
  std::string scheme;  // "http" or "https"; a redirect may name another
  std::string host;    // without brackets
  std::string port;    // as written; may be empty
  std::string path;    // escaped
  bool has_query = false;
  std::string query, fragment;

  std::string text() const;         // "http://10.88.0.5:8080/path?query"
  std::string request_uri() const;  // "/path?query"
  std::string authority() const;    // "10.88.0.5:8080"
  int port_number() const;          // 80 or 443 where none is written; 0 where it is no number
};

/// The URL of an httpGet action; `path` may have a query. Whatever does not parse is taken for a
/// path and escaped.
ProbeUrl probe_url(std::string_view scheme, std::string_view host, int port, std::string_view path);

/// A redirect's target.
struct ResolvedUrl {
  ProbeUrl url;
  bool absolute = false;  // the location named a scheme
  std::string error;      // why the location is no URL
};
/// RFC 3986, 5.2: `location` seen from `base`.
ResolvedUrl resolve_location(const ProbeUrl& base, std::string_view location);

}  // namespace podrun::pod
