#include "supervisor/agent/node_record.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "base/files.h"

namespace podrun::agent {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPartitioned = "partitioned\n";
constexpr const char* kConnected = "connected\n";

std::string network_file(const NodeRecord& record) { return record.roots().run_dir + "/network"; }

}  // namespace

std::string NodeRecord::to_json() const {
  const Json json = {{"name", place.name},
                     {"cgroup", place.cgroup},
                     {"cpus", place.cpus},
                     {"memory", place.memory_bytes},
                     {"labels", labels},
                     {"dataDir", machine.data_dir},
                     {"runDir", machine.run_dir},
                     {"logDir", machine.log_dir},
                     {"socket", socket},
                     {"version", version},
                     {"noLimits", allow_no_limits},
                     {"removing", removing},
                     {"renewal", renewal.count()}};
  return json.dump(2) + "\n";
}

NodeRecord NodeRecord::from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    NodeRecord record;
    json.at("name").get_to(record.place.name);
    json.at("cgroup").get_to(record.place.cgroup);
    json.at("cpus").get_to(record.place.cpus);
    json.at("memory").get_to(record.place.memory_bytes);
    json.at("labels").get_to(record.labels);
    json.at("dataDir").get_to(record.machine.data_dir);
    json.at("runDir").get_to(record.machine.run_dir);
    json.at("logDir").get_to(record.machine.log_dir);
    json.at("socket").get_to(record.socket);
    json.at("version").get_to(record.version);
    json.at("noLimits").get_to(record.allow_no_limits);
    json.at("removing").get_to(record.removing);
    record.renewal = Seconds(json.at("renewal").get<std::int64_t>());
    return record;
  } catch (const Json::exception& error) {
    throw Error(std::string("the record of a node is damaged: ") + error.what());
  }
}

pod::Roots NodeRecord::roots() const {
  const std::string below = "/nodes/" + place.name;
  return {machine.data_dir + below, machine.run_dir + below, machine.log_dir + below};
}

std::string NodeRecord::file() const { return roots().data_dir + "/node.json"; }

void save(const NodeRecord& record) {
  make_dirs(record.roots().data_dir, 0700);
  replace_file(record.file(), record.to_json(), 0600);
}

std::vector<std::string> recorded_nodes(const std::string& data_dir) {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir + "/nodes", absent)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

NodeRecord load(const std::string& file) { return NodeRecord::from_json(read_file(file)); }

void set_partitioned(const NodeRecord& record, bool partitioned) {
  make_dirs(record.roots().run_dir, 0700);
  replace_file(network_file(record), partitioned ? kPartitioned : kConnected, 0600);
}

bool is_partitioned(const NodeRecord& record) {
  return read_file_if_exists(network_file(record)) == kPartitioned;
}

}  // namespace podrun::agent
