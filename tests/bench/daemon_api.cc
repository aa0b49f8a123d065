// Rows about the daemon's API.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/error.h"
#include "tests/bench/daemon_rows.h"
#include "tests/bench/floor.h"

namespace podrun::bench {
namespace {

using Json = nlohmann::json;
using test::HttpClient;
using test::HttpRequest;

constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kConfigMaps = "/api/v1/namespaces/default/configmaps";
constexpr const char* kMergePatch = "application/merge-patch+json";
constexpr int kReaders = 4;
constexpr int kWriters = 32;
constexpr int kWatchers = 1000;
constexpr int kStoredPods = 10'000;
constexpr long kSecondsEach = 3;

/// Asks from so many threads for some seconds; returns the requests that were answered a second.
double requests_a_second(const std::string& socket, int clients,
                         const std::function<HttpRequest(int client, int turn)>& next) {
  std::atomic<int> done = 0, failed = 0;
  const long begin = now_ns(), end = begin + kSecondsEach * 1'000'000'000L;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      HttpClient http(socket);
      for (int turn = 0; now_ns() < end; ++turn) {
        const auto answer = http.ask(next(client, turn));
        ++(answer && answer->ok() ? done : failed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failed > 0) throw Error(std::to_string(failed) + " requests were refused");
  return done / (static_cast<double>(now_ns() - begin) / 1e9);
}

Row rate_row(const std::string& what, double a_second, double wanted) {
  Row row{what + " (" + std::to_string(static_cast<int>(a_second)) + " /s)",
          "ms",
          {},
          1000 / wanted,
          std::to_string(static_cast<int>(wanted)) + " a second",
          0};
  row.samples.add(1000 / a_second);
  return row;
}

Json config_map(const std::string& name) {
  return {{"metadata", {{"name", name}}}, {"data", {{"key", std::string(500, 'v')}}}};
}

/// Reads what has come on all of them, until each has had `text` since the last call.
void read_until_each_has(std::vector<Fd>& watches, const std::string& text) {
  std::vector<pollfd> open;
  for (const Fd& watch : watches) open.push_back({watch.get(), POLLIN, 0});
  std::vector<std::string> seen(open.size());
  std::vector<char> block(64u << 10);
  std::size_t left = open.size();
  while (left > 0) {
    if (::poll(open.data(), open.size(), 20'000) <= 0) throw Error("a watcher hears nothing");
    for (std::size_t i = 0; i < open.size(); ++i) {
      if ((open[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const ssize_t got = ::recv(open[i].fd, block.data(), block.size(), 0);
      if (got <= 0) throw Error("a watch was cut off");
      seen[i].append(block.data(), static_cast<std::size_t>(got));
      if (seen[i].find(text) == std::string::npos) continue;
      open[i].fd = -1;
      --left;
    }
  }
}

}  // namespace

std::vector<Row> measure_daemon_starts(DaemonBox& box, const std::string& objects, double limit_ms,
                                       int rounds) {
  Row row{"start to ready, " + objects, "ms", {}, limit_ms, "from its exec", 0};
  for (int i = 0; i < rounds; ++i) {
    row.samples.add(box.start());
    box.stop();
  }
  return {row};
}

std::vector<Row> measure_requests(DaemonBox& box) {
  const auto name = [](int client) { return "bench-" + std::to_string(client); };
  const std::string prefix = std::string(kConfigMaps) + "/";
  for (int i = 0; i < kWriters; ++i) box.post(kConfigMaps, config_map(name(i)));
  const double reads = requests_a_second(box.socket(), kReaders, [&](int client, int) {
    return HttpRequest{"GET", prefix + name(client), "", ""};
  });
  const double patches = requests_a_second(box.socket(), kWriters, [&](int client, int turn) {
    return HttpRequest{"PATCH", prefix + name(client),
                       R"({"data":{"turn":")" + std::to_string(turn) + "\"}}", kMergePatch};
  });
  const double creates = requests_a_second(box.socket(), kWriters, [&](int client, int turn) {
    return HttpRequest{"POST", kConfigMaps,
                       config_map(name(client) + "-" + std::to_string(turn)).dump()};
  });
  box.ask({"DELETE", kConfigMaps, ""});
  return {rate_row("a read, 4 clients", reads, 5000),
          rate_row("a durable patch, 32 clients", patches, 1500),
          rate_row("a durable create, 32 clients", creates, 1500)};
}

std::vector<Row> measure_watchers(DaemonBox& box, int rounds) {
  Row row{"a write, to the last of 1000 watchers", "ms", {}, 50, "all of them", 0};
  box.post(kConfigMaps, config_map("watched"));
  const std::string version = box.get(kConfigMaps)["metadata"]["resourceVersion"];
  std::vector<Fd> watches;
  for (int i = 0; i < kWatchers; ++i) {
    watches.push_back(HttpClient::open(
        box.socket(), std::string(kConfigMaps) + "?watch=1&resourceVersion=" + version));
    if (!watches.back()) throw Error("the daemon does not take 1000 watchers");
  }
  read_until_each_has(watches, "200 OK");
  for (int i = 0; i < rounds; ++i) {
    ::usleep(50'000);
    const std::string mark = "mark-" + std::to_string(i) + "-";
    const long begin = now_ns();
    box.merge(std::string(kConfigMaps) + "/watched", {{"data", {{"mark", mark}}}});
    read_until_each_has(watches, mark);
    row.samples.add(static_cast<double>(now_ns() - begin) / 1e6);
  }
  box.ask({"DELETE", kConfigMaps, ""});
  return {row};
}

std::vector<Row> measure_lists(DaemonBox& box, int rounds) {
  Row listed{"a list of 10 000 pods", "ms", {}, 150, "the whole answer", 0};
  box.post("/api/v1/nodes", {{"metadata", {{"name", "elsewhere"}}}});
  Json spec = box.pod_spec("wait");
  spec["nodeName"] = "elsewhere";
  std::vector<std::thread> threads;
  for (int client = 0; client < kWriters; ++client) {
    threads.emplace_back([&box, &spec, client] {
      HttpClient http(box.socket());
      for (int i = client; i < kStoredPods; i += kWriters) {
        const Json pod = {{"metadata", {{"name", "stored-" + std::to_string(i)}}}, {"spec", spec}};
        http.ask({"POST", kPods, pod.dump()});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < rounds; ++i) {
    const long begin = now_ns();
    const std::string body = box.ask({"GET", kPods, "", ""});
    listed.samples.add(static_cast<double>(now_ns() - begin) / 1e6);
  }
  const Json pods = box.get(kPods)["items"];
  if (pods.size() != kStoredPods) throw Error(std::to_string(pods.size()) + " pods are stored");
  return {listed};
}

}  // namespace podrun::bench
