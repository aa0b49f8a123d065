// Objects from a few words, as `create` makes them. Pure but for the files that values come from.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// Where the values of a config map or a secret come from.
struct ValueSources {
  std::vector<std::string> literals;   // KEY=VALUE
  std::vector<std::string> files;      // [KEY=]FILE, or a folder
  std::vector<std::string> env_files;  // lines of KEY=VALUE
};

Json new_namespace(const std::string& name);
/// Throws BadInput for a source that is none, or a key that comes twice.
Json new_config_map(const std::string& name, const ValueSources& sources);
Json new_secret(const std::string& name, const ValueSources& sources, const std::string& type);

struct DeploymentWords {
  std::string name;
  std::vector<std::string> images;
  std::vector<std::string> command;
  std::int64_t replicas = 1;
  std::optional<std::int64_t> port;
};
/// Containers are called as their images are. Throws BadInput for several images with a command.
Json new_deployment(const DeploymentWords& words);
/// Its pods do not restart. An empty command is the image's.
Json new_job(const std::string& name, const std::string& image,
             const std::vector<std::string>& command);
/// The job that a cron job would make, now and under this name.
Json job_from(const Json& cron_job, const std::string& name);

struct CronJobWords {
  std::string name, image;
  std::vector<std::string> command;
  std::string schedule;
  std::string restart = "OnFailure";
};
Json new_cron_job(const CronJobWords& words);

}  // namespace podrun::client
