#include "tests/support/pod_run.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <stdexcept>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

extern char** environ;

namespace podrun::test {

namespace {

std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

nlohmann::json parse_file(const std::string& path) {
  const auto text = read_file_if_exists(path);
  return text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
}

}  // namespace

pid_t spawn_command(const std::vector<std::string>& words, const std::string& output_path) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, output_path.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error("spawn " + words[0], error);
  return pid;
}

int shell_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string built_binary(const std::string& name) {
  return std::string(PODRUN_BIN_DIR) + "/" + name;
}
std::string demo_image(const std::string& name) {
  return std::string(PODRUN_IMAGES_DIR) + "/" + name + ".tar";
}

int run_command(const std::vector<std::string>& words, std::string* output) {
  const TempDir dir("podrun-command");
  const pid_t pid = spawn_command(words, dir / "output");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (output != nullptr) *output = read_file_if_exists(dir / "output").value_or("");
  return shell_code(status);
}

PodHome::PodHome(const std::vector<std::string>& images, const std::string& run_parent) {
  if (!run_parent.empty()) run_dir_.emplace("podrun-test", run_parent);
  for (const std::string& image : images) {
    std::string output;
    const int code = run_command(
        {built_binary("podrun"), "image", "import", "--data-dir", data(), demo_image(image)},
        &output);
    if (code != 0) throw std::runtime_error("import " + image + ": " + output);
  }
}

std::vector<std::string> PodHome::flags() const {
  return {"--data-dir", data(), "--run-dir", run(), "--log-dir", logs()};
}

PodRun::PodRun(PodHome& home, const std::string& manifest, const std::vector<std::string>& more,
               const std::vector<std::string>& launcher)
    : home_(home), output_path_(home.dir() / "output") {
  ::unlink(output_path_.c_str());
  replace_file(home.dir() / "pod.yaml", manifest);
  std::vector<std::string> words = launcher;
  for (const auto& flags : {{built_binary("podrun"), "run"}, home.flags(), more})
    words.insert(words.end(), flags.begin(), flags.end());
  words.push_back(home.dir() / "pod.yaml");
  pid_ = spawn_command(words, output_path_);
}

PodRun::~PodRun() {
  if (ended()) return;
  // The first asks, the second kills: the supervisor then cleans up behind itself. Two of one kind
  // could be taken as one.
  signal(SIGINT);
  signal(SIGTERM);
  wait();
}

void PodRun::signal(int number) const {
  if (!code_) ::kill(pid_, number);
}

bool PodRun::ended() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) code_ = shell_code(status);
  return code_.has_value();
}

int PodRun::wait() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, 0) == pid_) code_ = shell_code(status);
  return code_.value_or(-1);
}

std::string PodRun::pod_folder() const {
  const std::string pods = home_.run() + "/pods";
  for (const std::string& name : entries(pods)) {
    // A run that has ended leaves nothing: what is there is ours.
    return pods + "/" + name;
  }
  return "";
}

nlohmann::json PodRun::status() const {
  const std::string folder = pod_folder();
  return folder.empty() ? nlohmann::json() : parse_file(folder + "/status.json");
}

nlohmann::json PodRun::container_status(const std::string& name) const {
  const nlohmann::json all = status();
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    if (!all.is_object() || !all.contains(list)) continue;
    for (const auto& one : all[list]) {
      if (one["name"] == name) return one;
    }
  }
  return {};
}

nlohmann::json PodRun::supervisor() const { return parse_file(pod_folder() + "/supervisor.json"); }

std::vector<nlohmann::json> PodRun::events() const {
  std::map<std::string, std::size_t> index;
  std::vector<nlohmann::json> events;
  for (const std::string& line :
       lines_of(read_file_if_exists(pod_folder() + "/events.jsonl").value_or(""))) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_discarded()) continue;
    const auto [at, fresh] = index.try_emplace(event["metadata"]["name"], events.size());
    if (fresh) {
      events.push_back(event);
    } else {
      events[at->second] = event;
    }
  }
  return events;
}

int PodRun::event_count(const std::string& reason, const std::string& message_prefix) const {
  int count = 0;
  for (const auto& event : events()) {
    const std::string message = event["message"];
    if (event["reason"] == reason && message.rfind(message_prefix, 0) == 0)
      count += event["count"].get<int>();
  }
  return count;
}

std::vector<std::string> PodRun::log(const std::string& container, int restart) const {
  std::vector<std::string> texts;
  for (const std::string& pod : entries(home_.logs())) {
    const std::string path =
        home_.logs() + "/" + pod + "/" + container + "/" + std::to_string(restart) + ".log";
    for (const std::string& line : lines_of(read_file_if_exists(path).value_or(""))) {
      // "<time> <stream> F <text>"
      std::size_t at = 0;
      for (int field = 0; field < 3 && at != std::string::npos; ++field)
        at = line.find(' ', at + (field > 0 ? 1 : 0));
      if (at != std::string::npos) texts.push_back(line.substr(at + 1));
    }
  }
  return texts;
}

std::string PodRun::output() const { return read_file_if_exists(output_path_).value_or(""); }

}  // namespace podrun::test
