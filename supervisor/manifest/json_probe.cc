// Probes and lifecycle hooks: their handlers are the same JSON.
#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

namespace {

HttpHeader header_from_json(const Json& json) {
  HttpHeader header;
  read(json, "name", header.name);
  read(json, "value", header.value);
  return header;
}

HttpGetAction http_get_from_json(const Json& json) {
  HttpGetAction action;
  read(json, "host", action.host);
  read_list(json, "httpHeaders", action.http_headers, header_from_json);
  read(json, "path", action.path);
  read(json, "port", action.port);
  read(json, "scheme", action.scheme);
  return action;
}

TcpSocketAction tcp_socket_from_json(const Json& json) {
  TcpSocketAction action;
  read(json, "host", action.host);
  read(json, "port", action.port);
  return action;
}

ExecAction exec_from_json(const Json& json) {
  ExecAction action;
  read(json, "command", action.command);
  return action;
}

GrpcAction grpc_from_json(const Json& json) {
  GrpcAction action;
  read(json, "port", action.port);
  read(json, "service", action.service);
  return action;
}

SleepAction sleep_from_json(const Json& json) {
  SleepAction action;
  read(json, "seconds", action.seconds);
  return action;
}

Json to_json(const HttpHeader& header) {
  return Json{{"name", header.name}, {"value", header.value}};
}

void write_handler(Json& out, const HttpGetAction& action) {
  Json& json = out["httpGet"] = Json::object();
  write(json, "host", action.host);
  write_list(json, "httpHeaders", action.http_headers,
             [](const HttpHeader& header) { return to_json(header); });
  write(json, "path", action.path);
  json["port"] = value_of(action.port);
  write(json, "scheme", action.scheme);
}

void write_handler(Json& out, const TcpSocketAction& action) {
  Json& json = out["tcpSocket"] = Json::object();
  write(json, "host", action.host);
  json["port"] = value_of(action.port);
}

void write_handler(Json& out, const ExecAction& action) {
  Json& json = out["exec"] = Json::object();
  write(json, "command", action.command);
}

void write_handler(Json& out, const GrpcAction& action) {
  // Unlike most strings, an empty service is written.
  out["grpc"] = Json{{"port", action.port}, {"service", action.service}};
}

void write_handler(Json& out, const SleepAction& action) {
  out["sleep"] = Json{{"seconds", action.seconds.count()}};
}

LifecycleHandler handler_from_json(const Json& json) {
  LifecycleHandler handler = ExecAction{};
  read_with(json, "exec", handler, exec_from_json);
  read_with(json, "httpGet", handler, http_get_from_json);
  read_with(json, "sleep", handler, sleep_from_json);
  read_with(json, "tcpSocket", handler, tcp_socket_from_json);
  return handler;
}

Json to_json(const LifecycleHandler& handler) {
  Json out = Json::object();
  std::visit([&](const auto& action) { write_handler(out, action); }, handler);
  return out;
}

}  // namespace

Probe probe_from_json(const Json& json) {
  Probe probe{.handler = ExecAction{}, .termination_grace_period = {}};
  read_with(json, "exec", probe.handler, exec_from_json);
  read_with(json, "grpc", probe.handler, grpc_from_json);
  read_with(json, "httpGet", probe.handler, http_get_from_json);
  read_with(json, "tcpSocket", probe.handler, tcp_socket_from_json);
  read(json, "failureThreshold", probe.failure_threshold);
  read(json, "initialDelaySeconds", probe.initial_delay);
  read(json, "periodSeconds", probe.period);
  read(json, "successThreshold", probe.success_threshold);
  read(json, "terminationGracePeriodSeconds", probe.termination_grace_period);
  read(json, "timeoutSeconds", probe.timeout);
  return probe;
}

Json to_json(const Probe& probe) {
  Json handler = Json::object();
  std::visit([&](const auto& action) { write_handler(handler, action); }, probe.handler);
  const auto action = handler.begin();
  Json out = object_with_room(8);
  const auto write_if = [&](const char* name) {
    if (action.key() == name) out[name] = action.value();
  };
  write_if("exec");
  write(out, "failureThreshold", probe.failure_threshold);
  write_if("grpc");
  write_if("httpGet");
  write(out, "initialDelaySeconds", probe.initial_delay);
  write(out, "periodSeconds", probe.period);
  write(out, "successThreshold", probe.success_threshold);
  write_if("tcpSocket");
  write(out, "terminationGracePeriodSeconds", probe.termination_grace_period);
  write(out, "timeoutSeconds", probe.timeout);
  return out;
}

Lifecycle lifecycle_from_json(const Json& json) {
  Lifecycle lifecycle;
  read_with(json, "postStart", lifecycle.post_start, handler_from_json);
  read_with(json, "preStop", lifecycle.pre_stop, handler_from_json);
  read(json, "stopSignal", lifecycle.stop_signal);
  return lifecycle;
}

Json to_json(const Lifecycle& lifecycle) {
  const auto encode = [](const LifecycleHandler& handler) { return to_json(handler); };
  Json out = Json::object();
  write_with(out, "postStart", lifecycle.post_start, encode);
  write_with(out, "preStop", lifecycle.pre_stop, encode);
  write(out, "stopSignal", lifecycle.stop_signal);
  return out;
}

}  // namespace podrun::manifest
