#include <variant>

#include "base/go_text.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

void check_port(const Path& path, const IntOrString& port, Report& report) {
  if (const auto* number = std::get_if<std::int64_t>(&port)) {
    report.invalid(path, *number, check_port_number(*number));
  } else {
    const auto& name = std::get<std::string>(port);
    report.invalid(path, name, check_port_name(name));
  }
}

struct HandlerCheck {
  const Path& path;
  Seconds grace;
  Report& report;

  void operator()(const ExecAction& action) const {
    if (action.command.empty()) report.required(path / "exec" / "command");
  }
  void operator()(const HttpGetAction& action) const {
    const Path at = path / "httpGet";
    check_port(at / "port", action.port, report);
    if (action.scheme != "HTTP" && action.scheme != "HTTPS") {
      report.not_supported(at / "scheme", action.scheme, {"HTTP", "HTTPS"});
    }
    for (std::size_t i = 0; i < action.http_headers.size(); ++i) {
      const HttpHeader& header = action.http_headers[i];
      const Path header_at = (at / "httpHeaders")[i];
      report.invalid(header_at / "name", header.name, check_http_header_name(header.name));
      // Kubernetes lets it through, and Go's client then refuses every request.
      if (header.value.find_first_of("\r\n") != std::string::npos) {
        report.invalid(header_at / "value", header.value, "must not contain line breaks");
      }
    }
  }
  void operator()(const TcpSocketAction& action) const {
    check_port(path / "tcpSocket" / "port", action.port, report);
  }
  void operator()(const GrpcAction& action) const {
    check_port(path / "grpc" / "port", action.port, report);
  }
  void operator()(const SleepAction& action) const {
    if (action.seconds.count() >= 0 && action.seconds <= grace) return;
    report.invalid(path / "sleep" / "seconds", action.seconds.count(),
                   "must be non-negative and less than terminationGracePeriodSeconds (" +
                       std::to_string(grace.count()) + ")");
  }
};

void check_not_negative(const Path& path, std::int64_t value, Report& report) {
  if (value < 0) report.invalid(path, value, "must be greater than or equal to 0");
}

/// A named port of a probe must be one of the container's: else every attempt would be an error.
void check_named_port(const Path& path, const Probe& probe, const Container& container,
                      Report& report) {
  const auto* http = std::get_if<HttpGetAction>(&probe.handler);
  const auto* tcp = std::get_if<TcpSocketAction>(&probe.handler);
  const IntOrString* port = http != nullptr ? &http->port : tcp != nullptr ? &tcp->port : nullptr;
  const auto* name = port == nullptr ? nullptr : std::get_if<std::string>(port);
  if (name == nullptr || !check_port_name(*name).empty()) return;
  for (const ContainerPort& declared : container.ports) {
    if (declared.name == *name) return;
  }
  report.warning(path / (http != nullptr ? "httpGet" : "tcpSocket") / "port",
                 "the container has no port named " + go_quote(*name) + ": the probe will fail");
}

void validate_probe(const Path& path, const std::optional<Probe>& probe, const Container& container,
                    Report& report) {
  if (!probe) return;
  std::visit(HandlerCheck{path, Seconds(0), report}, probe->handler);
  check_named_port(path, *probe, container, report);
  check_not_negative(path / "initialDelaySeconds", probe->initial_delay.count(), report);
  check_not_negative(path / "timeoutSeconds", probe->timeout.count(), report);
  check_not_negative(path / "periodSeconds", probe->period.count(), report);
  check_not_negative(path / "successThreshold", probe->success_threshold, report);
  check_not_negative(path / "failureThreshold", probe->failure_threshold, report);
  const auto& grace = probe->termination_grace_period;
  if (grace && grace->count() <= 0) {
    report.invalid(path / "terminationGracePeriodSeconds", grace->count(),
                   "must be greater than 0");
  }
}

void check_success_once(const Path& path, const std::optional<Probe>& probe, Report& report) {
  if (probe && probe->success_threshold != 1) {
    report.invalid(path / "successThreshold", probe->success_threshold, "must be 1");
  }
}

}  // namespace

void validate_probes(const Path& path, const Container& container, Report& report) {
  validate_probe(path / "livenessProbe", container.liveness_probe, container, report);
  check_success_once(path / "livenessProbe", container.liveness_probe, report);
  validate_probe(path / "readinessProbe", container.readiness_probe, container, report);
  if (container.readiness_probe && container.readiness_probe->termination_grace_period) {
    report.invalid(path / "readinessProbe" / "terminationGracePeriodSeconds",
                   container.readiness_probe->termination_grace_period->count(),
                   "must not be set for readinessProbes");
  }
  validate_probe(path / "startupProbe", container.startup_probe, container, report);
  check_success_once(path / "startupProbe", container.startup_probe, report);
}

void validate_lifecycle(const Path& path, const Lifecycle& lifecycle, Seconds grace,
                        Report& report) {
  const auto check = [&](const Path& at, const std::optional<LifecycleHandler>& handler) {
    if (handler) std::visit(HandlerCheck{at, grace, report}, *handler);
  };
  check(path / "postStart", lifecycle.post_start);
  check(path / "preStop", lifecycle.pre_stop);
}

}  // namespace podrun::manifest
