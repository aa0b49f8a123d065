// The containers of a pod or of a template.

#include "base/go_text.h"
#include "base/text.h"
#include "supervisor/client/describe_parts.h"

namespace podrun::client {
namespace {

std::string ports_text(const Json& container, std::string_view field) {
  std::vector<std::string> ports;
  for (const Json& port : at_path(container, "ports")) {
    const std::string name = text_at(port, "name");
    ports.push_back(number_at(port, field) + "/" + text_at(port, "protocol") +
                    (name.empty() ? "" : " (" + name + ")"));
  }
  return joined(ports, ", ");
}

void write_ports(Sheet& sheet, const Json& container) {
  const std::string plural = size_at(container, "ports") > 1 ? "s" : "";
  sheet.field(2, "Port" + plural, or_none(ports_text(container, "containerPort")));
  sheet.field(2, "Host Port" + plural, or_none(ports_text(container, "hostPort")));
}

void write_seccomp(Sheet& sheet, const Json& container) {
  if (!is_set(container, "securityContext.seccompProfile")) return;
  const Json& profile = at_path(container, "securityContext.seccompProfile");
  sheet.field(2, "SeccompProfile", text_at(profile, "type"));
  if (text_at(profile, "type") == "Localhost") {
    sheet.field(3, "LocalhostProfile", text_at(profile, "localhostProfile"));
  }
}

void write_words(Sheet& sheet, std::string_view title, const std::vector<std::string>& words) {
  if (words.empty()) return;
  sheet.heading(2, title);
  // Each line of a script is indented alike.
  for (const std::string& word : words) {
    for (const std::string& line : lines_of(word)) sheet.line(3, line);
  }
}

void write_terminated(Sheet& sheet, const Json& ended) {
  for (const auto& [title, field] : {std::pair("Reason", "reason"), {"Message", "message"}}) {
    sheet.field_if_any(3, title, text_at(ended, field));
  }
  sheet.field(3, "Exit Code", number_at(ended, "exitCode"));
  if (int_at(ended, "signal") > 0) sheet.field(3, "Signal", number_at(ended, "signal"));
  sheet.field(3, "Started", time_at(ended, "startedAt"));
  sheet.field(3, "Finished", time_at(ended, "finishedAt"));
}

void write_state(Sheet& sheet, std::string_view title, const Json& state) {
  if (is_set(state, "running")) {
    sheet.field(2, title, "Running");
    sheet.field(3, "Started", time_at(state, "running.startedAt"));
  } else if (is_set(state, "terminated") && !is_set(state, "waiting")) {
    sheet.field(2, title, "Terminated");
    write_terminated(sheet, at_path(state, "terminated"));
  } else {
    sheet.field(2, title, "Waiting");
    sheet.field_if_any(3, "Reason", text_at(state, "waiting.reason"));
  }
}

void write_status(Sheet& sheet, const Json& status) {
  write_state(sheet, "State", at_path(status, "state"));
  if (is_set(status, "lastState.terminated")) {
    write_state(sheet, "Last State", at_path(status, "lastState"));
  }
  sheet.field(2, "Ready", bool_at(status, "ready") ? "True" : "False");
  sheet.field(2, "Restart Count", number_at(status, "restartCount"));
}

void write_probes(Sheet& sheet, const Json& container) {
  for (const auto& [title, field] : {std::pair("Liveness", "livenessProbe"),
                                     {"Readiness", "readinessProbe"},
                                     {"Startup", "startupProbe"}}) {
    if (is_set(container, field)) sheet.field(2, title, probe_text(at_path(container, field)));
  }
}

void write_mounts(Sheet& sheet, const Json& container) {
  if (size_at(container, "volumeMounts") == 0) {
    sheet.field(2, "Mounts", "<none>");
  } else {
    sheet.heading(2, "Mounts");
  }
  for (const Json& mount : sorted_by(at_path(container, "volumeMounts"), "mountPath")) {
    std::string flags = bool_at(mount, "readOnly") ? "ro" : "rw";
    const std::string part = text_at(mount, "subPath");
    if (!part.empty()) flags += ",path=" + go_quote(part);
    sheet.line(
        3, text_at(mount, "mountPath") + " from " + text_at(mount, "name") + " (" + flags + ")");
  }
  if (size_at(container, "volumeDevices") == 0) return;
  if (size_at(container, "volumeMounts") == 0) {
    sheet.field(2, "Devices", "<none>");
  } else {
    sheet.heading(2, "Devices");
  }
  for (const Json& device : sorted_by(at_path(container, "volumeDevices"), "devicePath")) {
    sheet.line(3, text_at(device, "devicePath") + " from " + text_at(device, "name"));
  }
}

std::string url_text(const Json& action) {
  std::string host = text_at(action, "host");
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  // Go takes an absent port for the number 0.
  const std::string port = is_set(action, "port") ? text_at(action, "port") : "0";
  if (!port.empty()) host += ":" + port;
  const std::string scheme = lowercase(text_at(action, "scheme"));
  std::string path = go_escape_path(text_at(action, "path"));
  if (!path.empty() && path.front() != '/' && !host.empty()) path.insert(0, "/");
  return (scheme.empty() ? "" : scheme + ":") + "//" + host + path;
}

const Json* status_of(const Json& statuses, const std::string& name) {
  const Json* found = nullptr;
  for (const Json& status : statuses) {
    if (text_at(status, "name") == name) found = &status;
  }
  return found;
}

void write_container(Sheet& sheet, const Json& container, const Json* status, const Place& place) {
  sheet.heading(1, place.name(text_at(container, "name")));
  if (status != nullptr) sheet.field(2, "Container ID", text_at(*status, "containerID"));
  sheet.field(2, "Image", text_at(container, "image"));
  if (status != nullptr) sheet.field(2, "Image ID", text_at(*status, "imageID"));
  write_ports(sheet, container);
  write_seccomp(sheet, container);
  write_words(sheet, "Command", list_at(container, "command"));
  write_words(sheet, "Args", list_at(container, "args"));
  if (status != nullptr) write_status(sheet, *status);
  write_resource_needs(sheet, 2, at_path(container, "resources"));
  write_probes(sheet, container);
  write_environment(sheet, container, place);
  write_mounts(sheet, container);
}

}  // namespace

void write_containers(Sheet& sheet, std::string_view title, const Json& list, const Json& statuses,
                      const Place& place) {
  sheet.line(place.level(), std::string(title) + ":" + (list.empty() ? " <none>" : ""));
  for (const Json& container : list) {
    write_container(sheet, container, status_of(statuses, text_at(container, "name")), place);
  }
}

std::string probe_text(const Json& probe) {
  const std::string figures = " delay=" + number_at(probe, "initialDelaySeconds") +
                              "s timeout=" + number_at(probe, "timeoutSeconds") +
                              "s period=" + number_at(probe, "periodSeconds") +
                              "s #success=" + number_at(probe, "successThreshold") +
                              " #failure=" + number_at(probe, "failureThreshold");
  if (is_set(probe, "exec")) return "exec " + go_list(list_at(probe, "exec.command")) + figures;
  if (is_set(probe, "httpGet")) return "http-get " + url_text(at_path(probe, "httpGet")) + figures;
  if (is_set(probe, "tcpSocket")) {
    return "tcp-socket " + text_at(probe, "tcpSocket.host") + ":" +
           text_at(probe, "tcpSocket.port") + figures;
  }
  if (is_set(probe, "grpc")) {
    return "grpc <pod>:" + number_at(probe, "grpc.port") + " " + text_at(probe, "grpc.service") +
           figures;
  }
  return "unknown" + figures;
}

}  // namespace podrun::client
