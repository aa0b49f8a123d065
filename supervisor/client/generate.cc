#include "supervisor/client/generate.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/base64.h"
#include "base/error.h"
#include "base/files.h"
#include "base/utf8.h"
#include "supervisor/manifest/formats.h"

namespace podrun::client {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

void add_value(Values& values, const std::string& key, std::string value) {
  const manifest::Problems problems = manifest::check_config_map_key(key);
  if (!problems.empty()) throw BadInput("\"" + key + "\" is not a valid key name: " + problems[0]);
  for (const auto& other : values) {
    if (other.first == key)
      throw BadInput("cannot add key \"" + key + "\", another key by that name already exists");
  }
  values.emplace_back(key, std::move(value));
}

void add_file(Values& values, const std::string& source) {
  const auto equals = source.find('=');
  const std::string path = equals == std::string::npos ? source : source.substr(equals + 1);
  if (equals == 0 || path.empty())
    throw BadInput("\"" + source + "\" is not of the form [KEY=]FILE");
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    const std::string key = equals == std::string::npos
                                ? std::filesystem::path(path).filename().string()
                                : source.substr(0, equals);
    add_value(values, key, read_file(path));
    return;
  }
  if (equals != std::string::npos) throw BadInput("a folder cannot have a key: " + source);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    add_value(values, std::filesystem::path(file).filename(), read_file(file));
  }
}

void add_env_file(Values& values, const std::string& path) {
  std::istringstream in(read_file(path));
  for (std::string line; std::getline(in, line);) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line[begin] == '#') continue;
    line.erase(0, begin);
    if (line.ends_with('\r')) line.pop_back();
    const auto equals = line.find('=');
    add_value(values, line.substr(0, equals),
              equals == std::string::npos ? "" : line.substr(equals + 1));
  }
}

Values values_of(const ValueSources& sources) {
  Values values;
  for (const std::string& literal : sources.literals) {
    const auto equals = literal.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw BadInput("invalid literal source " + literal + ", expected key=value");
    }
    add_value(values, literal.substr(0, equals), literal.substr(equals + 1));
  }
  for (const std::string& file : sources.files) add_file(values, file);
  for (const std::string& file : sources.env_files) add_env_file(values, file);
  return values;
}

/// The last part of an image's name, made fit for a container.
std::string container_name(const std::string& image) {
  std::string name = image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/') + 1);
  name = name.substr(0, name.find_first_of(":@"));
  for (char& c : name) {
    if (c == '_' || c == '.') c = '-';
  }
  return name;
}

/// One container, called as the job is.
Json job_spec(const std::string& name, const std::string& image,
              const std::vector<std::string>& command, const std::string& restart) {
  Json container{{"name", name}, {"image", image}, {"resources", Json::object()}};
  if (!command.empty()) container["command"] = command;
  const Json pod{{"containers", Json::array({container})}, {"restartPolicy", restart}};
  return {{"template", {{"metadata", Json::object()}, {"spec", pod}}}};
}

Json field_of(const Json& object, const char* field) {
  return object.is_object() ? object.value(field, Json::object()) : Json::object();
}

}  // namespace

Json new_namespace(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata", {{"name", name}}},
          {"spec", Json::object()},
          {"status", Json::object()}};
}

Json new_config_map(const std::string& name, const ValueSources& sources) {
  Json map{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}};
  for (const auto& [key, value] : values_of(sources)) {
    if (valid_utf8(value) == value) {
      map["data"][key] = value;
    } else {
      map["binaryData"][key] = to_base64(value);
    }
  }
  return map;
}

Json new_secret(const std::string& name, const ValueSources& sources, const std::string& type) {
  Json secret{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", name}}}};
  for (const auto& [key, value] : values_of(sources)) {
    secret["data"][key] = to_base64(value);
  }
  if (!type.empty()) secret["type"] = type;
  return secret;
}

Json new_deployment(const DeploymentWords& words) {
  if (words.images.size() > 1 && !words.command.empty()) {
    throw BadInput("cannot specify multiple --image options and command");
  }
  const Json labels{{"app", words.name}};
  Json containers = Json::array();
  for (const std::string& image : words.images) {
    Json container{
        {"name", container_name(image)}, {"image", image}, {"resources", Json::object()}};
    if (!words.command.empty()) container["command"] = words.command;
    if (words.port) container["ports"] = Json::array({Json{{"containerPort", *words.port}}});
    containers.push_back(std::move(container));
  }
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"labels", labels}, {"name", words.name}}},
          {"spec",
           {{"replicas", words.replicas},
            {"selector", {{"matchLabels", labels}}},
            {"strategy", Json::object()},
            {"template",
             {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", containers}}}}}}},
          {"status", Json::object()}};
}

Json new_job(const std::string& name, const std::string& image,
             const std::vector<std::string>& command) {
  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"metadata", {{"name", name}}},
          {"spec", job_spec(name, image, command, "Never")},
          {"status", Json::object()}};
}

Json job_from(const Json& cron_job, const std::string& name) {
  const Json made = field_of(field_of(cron_job, "spec"), "jobTemplate");
  const Json metadata = field_of(made, "metadata");
  const Json owner = field_of(cron_job, "metadata");
  Json annotations{{"cronjob.kubernetes.io/instantiate", "manual"}};
  annotations.update(field_of(metadata, "annotations"));
  Json job{{"apiVersion", "batch/v1"},
           {"kind", "Job"},
           {"metadata", {{"annotations", std::move(annotations)}}},
           {"spec", field_of(made, "spec")},
           {"status", Json::object()}};
  Json& pods = job["spec"]["template"];
  if (!pods.contains("metadata")) pods["metadata"] = Json::object();
  if (metadata.contains("labels")) job["metadata"]["labels"] = metadata["labels"];
  job["metadata"]["name"] = name;
  job["metadata"]["ownerReferences"] = Json::array({Json{{"apiVersion", "batch/v1"},
                                                         {"controller", true},
                                                         {"kind", "CronJob"},
                                                         {"name", owner.value("name", "")},
                                                         {"uid", owner.value("uid", "")}}});
  return job;
}

Json new_cron_job(const CronJobWords& words) {
  const Json spec = job_spec(words.name, words.image, words.command, words.restart);
  return {{"apiVersion", "batch/v1"},
          {"kind", "CronJob"},
          {"metadata", {{"name", words.name}}},
          {"spec",
           {{"jobTemplate", {{"metadata", {{"name", words.name}}}, {"spec", spec}}},
            {"schedule", words.schedule}}},
          {"status", Json::object()}};
}

}  // namespace podrun::client
