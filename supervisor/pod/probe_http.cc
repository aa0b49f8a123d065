#include "supervisor/pod/probe_http.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/go_text.h"
#include "supervisor/pod/probe_http_response.h"

namespace podrun::pod {

namespace {

constexpr int kRedirectLimit = 10;
constexpr const char* kUserAgent = "kube-probe/1.31";

/// net/textproto's canonical form: "x-some-name" becomes "X-Some-Name".
std::string canonical_name(std::string_view name) {
  std::string out(name);
  bool upper = true;
  for (char& c : out) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    upper = c == '-';
  }
  return out;
}

using Headers = std::map<std::string, std::vector<std::string>>;

/// The manifest's headers with what kubelet adds to them.
Headers all_headers(const std::vector<NetProbeHeader>& given) {
  Headers headers;
  for (const NetProbeHeader& header : given)
    headers[canonical_name(header.name)].push_back(header.value);
  if (!headers.contains("User-Agent")) headers["User-Agent"] = {kUserAgent};
  if (!headers.contains("Accept")) {
    headers["Accept"] = {"*/*"};
  } else if (headers["Accept"][0].empty()) {
    headers.erase("Accept");
  }
  return headers;
}

/// The value as it may stand in a header: no line feeds, no blanks around it.
std::string header_value(std::string value) {
  std::replace(value.begin(), value.end(), '\n', ' ');
  std::replace(value.begin(), value.end(), '\r', ' ');
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

/// Why net/http would refuse to send the headers; nothing where it would not.
std::string refused_header(const std::vector<NetProbeHeader>& headers) {
  for (const NetProbeHeader& header : headers) {
    const bool fits = std::none_of(header.value.begin(), header.value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
    if (!fits)
      return "net/http: invalid header field value for " + go_quote(canonical_name(header.name));
  }
  return {};
}

std::string without_zone(std::string host) {
  const auto zone = host.find('%');
  const auto end = host.find(']');
  if (zone != std::string::npos && end != std::string::npos && zone < end)
    host.erase(zone, end - zone);
  return host;
}

}  // namespace

std::string http_request_text(const ProbeUrl& url, const std::string& host,
                              const std::vector<NetProbeHeader>& given,
                              const std::string& referer) {
  Headers headers = all_headers(given);
  std::string text = "GET " + url.request_uri() + " HTTP/1.1\r\nHost: " + without_zone(host);
  const std::string agent = header_value(headers["User-Agent"][0]);
  if (!agent.empty()) text += "\r\nUser-Agent: " + agent;
  if (!referer.empty()) headers["Referer"] = {referer};
  // net/http writes these itself, or not at all.
  for (const char* own : {"Host", "User-Agent", "Content-Length", "Transfer-Encoding", "Trailer"})
    headers.erase(own);
  bool closes = false;
  for (const auto& [name, values] : headers) {
    for (const std::string& value : values) {
      text.append("\r\n").append(name).append(": ").append(header_value(value));
      closes = closes || (name == "Connection" && header_value(value) == "close");
    }
  }
  if (!closes) text += "\r\nConnection: close";
  return text += "\r\n\r\n";
}

std::string http_timeout_message(const ProbeUrl& url) {
  return "Get " + go_quote(url.text()) +
         ": context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
}

ProbeUrl request_url(const NetProbeRequest& request) {
  return probe_url(request.scheme, request.host.empty() ? request.address : request.host,
                   request.port, request.path);
}

Connection connect_plainly(const ProbeUrl& url, const std::string& address,
                           const Deadline& deadline) {
  Connection connection;
  if (url.scheme == "https") {
    connection.needs_tls = true;
    return connection;
  }
  Dialled dialled = dial_tcp(address, url.port_number(), deadline);
  connection.timed_out = dialled.timed_out;
  connection.error = std::move(dialled.error);
  if (dialled.socket) {
    connection.stream = std::make_unique<TcpStream>(
        std::move(dialled.socket), join_host_port(address, url.port_number()), deadline);
  }
  return connection;
}

namespace {

/// One probe: a request and those that redirects ask for.
class HttpProbe {
 public:
  HttpProbe(const NetProbeRequest& request, const Connector& connect, const Deadline& deadline)
      : request_(request),
        connect_(connect),
        deadline_(deadline),
        url_(request_url(request)),
        referer_(request.referer),
        redirects_(request.redirects) {
    for (const NetProbeHeader& header : request.headers) {
      if (custom_host_.empty() && canonical_name(header.name) == "Host")
        custom_host_ = header.value;
    }
  }

  NetProbeResult run() {
    if (const std::string why = refused_header(request_.headers); !why.empty()) return failure(why);
    while (true) {
      if (auto result = attempt()) return *std::move(result);
    }
  }

 private:
  std::optional<NetProbeResult> attempt();
  std::optional<NetProbeResult> read_head(ByteStream& stream, HttpResponseParser& response);
  NetProbeResult read_body(ByteStream& stream, HttpResponseParser& response);
  /// A result, or nothing when the redirect was taken and url_ is the next one. `followed` is false
  /// where the response is the last.
  std::optional<NetProbeResult> follow(const HttpResponseParser& response, bool& followed);
  NetProbeResult go_on_over_tls() const;

  NetProbeResult failure(const std::string& why) const {
    return {NetProbeResult::kFailure, "Get " + go_quote(url_.text()) + ": " + why};
  }
  NetProbeResult timeout() const { return {NetProbeResult::kFailure, http_timeout_message(url_)}; }

  const NetProbeRequest& request_;
  const Connector& connect_;
  const Deadline& deadline_;
  ProbeUrl url_;
  std::string custom_host_, referer_;
  int redirects_;
};

bool is_redirect(const HttpResponseParser& response) {
  const int code = response.status();
  const bool moves = code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
  return moves && !response.location().empty();
}

std::optional<NetProbeResult> HttpProbe::attempt() {
  if (url_.scheme != "http" && url_.scheme != "https")
    return failure("unsupported protocol scheme " + go_quote(url_.scheme));
  if (url_.host.empty()) return failure("http: no Host in request URL");
  Connection connection = connect_(url_, request_.address, deadline_);
  if (connection.needs_tls) return go_on_over_tls();
  if (connection.timed_out) return timeout();
  if (!connection.stream) return failure(connection.error);
  const std::string host = custom_host_.empty() ? url_.authority() : custom_host_;
  const IoResult sent =
      connection.stream->write_all(http_request_text(url_, host, request_.headers, referer_));
  if (sent.status == IoResult::kTimeout) return timeout();
  if (sent.status != IoResult::kDone) return failure(sent.error);

  HttpResponseParser response;
  if (auto result = read_head(*connection.stream, response)) return result;
  if (is_redirect(response)) {
    bool followed = false;
    if (auto result = follow(response, followed)) return result;
    if (followed) return {};
  }
  return read_body(*connection.stream, response);
}

std::optional<NetProbeResult> HttpProbe::read_head(ByteStream& stream,
                                                   HttpResponseParser& response) {
  char chunk[4096];
  while (!response.head_complete() && !response.finished()) {
    const IoResult got = stream.read(chunk, sizeof chunk);
    if (got.status == IoResult::kTimeout) return timeout();
    if (got.status == IoResult::kDone) {
      response.feed({chunk, got.bytes});
    } else if (!response.begun()) {
      return failure(got.status == IoResult::kEnd ? "EOF" : got.error);
    } else {
      response.end(got.error);
    }
  }
  if (response.head_complete()) return {};
  return failure("net/http: HTTP/1.x transport connection broken: " + response.error());
}

NetProbeResult HttpProbe::read_body(ByteStream& stream, HttpResponseParser& response) {
  char chunk[4096];
  while (!response.finished()) {
    const IoResult got = stream.read(chunk, sizeof chunk);
    if (got.status == IoResult::kTimeout) {
      response.end(
          "context deadline exceeded (Client.Timeout or context cancellation while reading "
          "body)");
    } else if (got.status == IoResult::kDone) {
      response.feed({chunk, got.bytes});
    } else {
      response.end(got.error);
    }
  }
  // kubelet: a body that cannot be read is an error of the probe, whatever the status said.
  if (response.state() == HttpResponseParser::State::kFailed)
    return {NetProbeResult::kError, response.error()};
  const int code = response.status();
  if (code >= 300 && code < 400) {
    return {NetProbeResult::kWarning,
            "Probe terminated redirects, Response body: " + response.body()};
  }
  if (code >= 200 && code < 300) return {NetProbeResult::kSuccess, {}};
  return {NetProbeResult::kFailure, "HTTP probe failed with statuscode: " + std::to_string(code)};
}

std::optional<NetProbeResult> HttpProbe::follow(const HttpResponseParser& response,
                                                bool& followed) {
  ResolvedUrl target = resolve_location(url_, response.location());
  if (!target.error.empty()) {
    return failure("failed to parse Location header " + go_quote(response.location()) + ": " +
                   target.error);
  }
  if (target.url.host != url_.host) return {};
  if (redirects_ + 1 >= kRedirectLimit) {
    return NetProbeResult{NetProbeResult::kFailure,
                          "Get " + go_quote(response.location()) + ": stopped after 10 redirects"};
  }
  ++redirects_;
  if (target.absolute) custom_host_.clear();  // a relative redirect keeps the custom Host header
  const bool downgrade = url_.scheme == "https" && target.url.scheme == "http";
  if (target.url.fragment.empty()) target.url.fragment = url_.fragment;
  url_.fragment.clear();
  referer_ = downgrade ? std::string() : url_.text();
  url_ = std::move(target.url);
  followed = true;
  return {};
}

NetProbeResult HttpProbe::go_on_over_tls() const {
  NetProbeRequest rest = request_;
  rest.scheme = url_.scheme;
  rest.host = url_.host;
  rest.port = url_.port_number();
  rest.path = url_.request_uri();
  rest.redirects = redirects_;
  rest.referer = referer_;
  rest.timeout = deadline_.left();
  std::erase_if(rest.headers, [&](const NetProbeHeader& header) {
    return custom_host_.empty() && canonical_name(header.name) == "Host";
  });
  return {NetProbeResult::kContinueOverTls, encode(rest)};
}

}  // namespace

NetProbeResult make_http_probe(const NetProbeRequest& request, const Connector& connect,
                               const Deadline& deadline) {
  return HttpProbe(request, connect, deadline).run();
}

}  // namespace podrun::pod
