#include "tests/bench/daemon_box.h"

#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/bench/floor.h"
#include "tests/support/poll.h"

namespace podrun::bench {
namespace {

using Json = nlohmann::json;

constexpr const char* kPods = "/api/v1/namespaces/default/pods";
/// What makes pods.
constexpr const char* kOwners[] = {"/api/v1/namespaces/default/replicationcontrollers",
                                   "/apis/batch/v1/namespaces/default/jobs"};
constexpr auto kPollStep = std::chrono::microseconds(200);

}  // namespace

void wait_for(const std::string& what, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) throw Error("waited in vain for " + what);
    std::this_thread::sleep_for(kPollStep);
  }
}

DaemonBox::~DaemonBox() {
  try {
    if (daemon_) remove_pods();
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

double DaemonBox::start() {
  client_.emplace(socket());
  const long begin = now_ns();
  daemon_.emplace(bench_.home(), std::vector<std::string>{"--allow-no-limits"});
  wait_for("the daemon", [this] {
    if (daemon_->ended()) throw Error(test::DaemonRun::output_in(bench_.home()));
    const auto answer = client_->get("/readyz");
    return answer && answer->ok();
  });
  return static_cast<double>(now_ns() - begin) / 1e6;
}

void DaemonBox::stop() {
  daemon_->stop();
  daemon_.reset();
}

ProcessFigures DaemonBox::figures() const {
  const std::string folder = "/proc/" + std::to_string(daemon_->pid());
  const std::string rollup = read_file(folder + "/smaps_rollup");
  ProcessFigures figures;
  figures.pss_mib = std::stod(rollup.substr(rollup.find("\nPss:") + 5)) / 1024;
  // Fields 14 and 15, counted behind the name, which may hold anything but ')' at its end.
  const std::string stat = read_file(folder + "/stat");
  std::size_t at = stat.rfind(')') + 1;
  for (int field = 3; field < 14; ++field) at = stat.find(' ', at + 1);
  std::size_t length = 0;
  const double user = std::stod(stat.substr(at), &length);
  figures.cpu_seconds =
      (user + std::stod(stat.substr(at + length))) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return figures;
}

std::string DaemonBox::ask(const test::HttpRequest& request) {
  const auto answer = client_->ask(request);
  if (!answer) throw Error(request.method + " " + request.target + ": no answer");
  if (!answer->ok()) throw Error(request.method + " " + request.target + ": " + answer->body);
  return answer->body;
}

Json DaemonBox::get(const std::string& target) { return Json::parse(ask({"GET", target, "", ""})); }

void DaemonBox::post(const std::string& target, const Json& body) {
  ask({"POST", target, body.dump()});
}

void DaemonBox::merge(const std::string& target, const Json& patch) {
  ask({"PATCH", target, patch.dump(), "application/merge-patch+json"});
}

void DaemonBox::remove_pods() {
  const std::string options = R"({"propagationPolicy":"Background","gracePeriodSeconds":0})";
  for (const char* owners : kOwners) ask({"DELETE", owners, options});
  ask({"DELETE", kPods, options});
  const std::string folder = bench_.home().run() + "/pods";
  wait_for("the end of all pods", [&] {
    return test::run_command({"sh", "-c", "test -z \"$(ls \"$0\" 2>/dev/null)\"", folder}) == 0;
  });
}

Json DaemonBox::pod_spec(const std::string& mode) const {
  const Json container = {
      {"name", "stamp"},
      {"image", "bench/stamp"},
      {"imagePullPolicy", "Never"},
      {"command", {"/bin/stamp", mode, "/out/stamp"}},
      {"volumeMounts", Json::array({{{"name", "out"}, {"mountPath", "/out"}}})}};
  const Json volume = {{"name", "out"}, {"hostPath", {{"path", bench_.rootfs() + "/out"}}}};
  return {{"terminationGracePeriodSeconds", 0},
          {"volumes", Json::array({volume})},
          {"containers", Json::array({container})}};
}

Json DaemonBox::controller(const std::string& name, int replicas, const std::string& mode) const {
  return {
      {"metadata", {{"name", name}}},
      {"spec",
       {{"replicas", replicas},
        {"template", {{"metadata", {{"labels", {{"app", name}}}}}, {"spec", pod_spec(mode)}}}}}};
}

long DaemonBox::next_stamp() const {
  const std::string path = bench_.rootfs() + "/out/stamp";
  wait_for("a stamp",
           [&] { return ::access(path.c_str(), F_OK) == 0 && !read_file(path).empty(); });
  return bench_.take_stamps().at(0);
}

}  // namespace podrun::bench
