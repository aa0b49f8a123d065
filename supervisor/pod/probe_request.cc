#include "supervisor/pod/probe_request.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "base/error.h"

namespace podrun::pod {

namespace {

int resolve_port(const manifest::IntOrString& port, const manifest::Container& container) {
  if (const auto* number = std::get_if<std::int64_t>(&port)) return static_cast<int>(*number);
  const std::string& name = std::get<std::string>(port);
  for (const manifest::ContainerPort& candidate : container.ports) {
    if (candidate.name == name) return candidate.container_port;
  }
  throw BadInput("couldn't find port: " + name + " in container " + container.name);
}

struct Translate {
  const manifest::Container& container;
  Nanoseconds timeout;

  std::optional<NetProbeRequest> operator()(const manifest::HttpGetAction& action) const {
    NetProbeRequest request;
    request.kind = NetProbeKind::kHttp;
    request.timeout = timeout;
    request.port = resolve_port(action.port, container);
    request.scheme = action.scheme == "HTTPS" ? "https" : "http";
    request.path = action.path;
    if (!action.host.empty()) request.address = action.host;
    for (const manifest::HttpHeader& header : action.http_headers)
      request.headers.push_back({header.name, header.value});
    return request;
  }
  std::optional<NetProbeRequest> operator()(const manifest::TcpSocketAction& action) const {
    NetProbeRequest request;
    request.kind = NetProbeKind::kTcp;
    request.timeout = timeout;
    request.port = resolve_port(action.port, container);
    if (!action.host.empty()) request.address = action.host;
    return request;
  }
  std::optional<NetProbeRequest> operator()(const manifest::GrpcAction& action) const {
    NetProbeRequest request;
    request.kind = NetProbeKind::kGrpc;
    request.timeout = timeout;
    request.port = static_cast<int>(action.port);
    request.service = action.service;
    return request;
  }
  std::optional<NetProbeRequest> operator()(const manifest::ExecAction&) const {
    return std::nullopt;
  }
  std::optional<NetProbeRequest> operator()(const manifest::SleepAction&) const {
    return std::nullopt;
  }
};

std::string helper_path() {
  char self[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", self, sizeof self);
  const std::string own(self, length > 0 ? static_cast<std::size_t>(length) : 0);
  return own.substr(0, own.rfind('/') + 1) + "podrun-probe-https";
}

}  // namespace

std::optional<NetProbeRequest> net_request(const manifest::ProbeHandler& handler,
                                           const manifest::Container& container,
                                           Nanoseconds timeout) {
  return std::visit(Translate{container, timeout}, handler);
}

std::optional<NetProbeRequest> hook_request(const manifest::LifecycleHandler& handler,
                                            const manifest::Container& container,
                                            Nanoseconds timeout) {
  return std::visit(Translate{container, timeout}, handler);
}

std::string tls_argument(const std::string& encoded_request) {
  return helper_path() + '\0' + encoded_request;
}
std::string tls_argument(const NetProbeRequest& request) { return tls_argument(encode(request)); }

void run_tls_probe(const char* argument, std::size_t length) {
  const std::string whole(argument, length);
  const std::string path = whole.substr(0, whole.find('\0'));
  const std::string request = whole.substr(std::min(path.size() + 1, whole.size()));
  char* const arguments[] = {const_cast<char*>(path.c_str()), const_cast<char*>(request.c_str()),
                             nullptr};
  char* const environment[] = {nullptr};
  ::execve(path.c_str(), arguments, environment);
  const std::string result =
      encode(NetProbeResult{NetProbeResult::kError, "execute " + path + ": " + errno_text(errno) +
                                                        " (https probes need it)"});
  const ssize_t ignored = ::write(1, result.data(), result.size());
  ::_exit(ignored < 0 ? 1 : 0);
}

}  // namespace podrun::pod
