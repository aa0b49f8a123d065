#include "cli/pod_view.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/files.h"

namespace podrun::cli {
namespace {

using Json = Renderer::Json;

/// Parts of one line are joined up to here; what is longer is shown in pieces.
constexpr std::size_t kLongestLine = 256u << 10;

void watch_folder(int inotify, const std::string& folder, std::uint32_t mask) {
  if (::inotify_add_watch(inotify, folder.c_str(), mask) < 0) throw_errno("watch " + folder);
}

/// Closing an inotify descriptor waits for the kernel: one serves all folders of a pod.
Fd make_inotify() {
  Fd fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!fd) throw_errno("inotify_init1", "fs.inotify.max_user_instances may be too low");
  return fd;
}

/// True where something had happened.
bool drain(int inotify) {
  std::array<char, 4096> buffer{};
  bool any = false;
  while (::read(inotify, buffer.data(), buffer.size()) > 0) any = true;
  return any;
}

}  // namespace

std::string log_folder(const std::string& log_dir, const PodName& pod) {
  return log_dir + "/" + pod.namespace_ + "_" + pod.name + "_" + pod.uid;
}

std::vector<std::string> LineTail::read() {
  std::vector<std::string> lines;
  if (!file_) {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return lines;
    if (fd < 0) throw_errno("open " + path_);
    file_ = Fd(fd);
  }
  rest_ += read_all(file_.get());
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(rest_.substr(begin, end - begin));
  }
  rest_.erase(0, begin);
  return lines;
}

ContainerLog::ContainerLog(std::string container, std::string folder)
    : container_(std::move(container)), folder_(std::move(folder)) {}

void ContainerLog::take(const pod::CriLine& line, const Sink& sink) {
  const bool is_error = line.stream == pod::LogStream::kStderr;
  Unfinished& unfinished = unfinished_[is_error ? 1 : 0];
  if (unfinished.text.empty()) unfinished.time = rfc3339_nano(line.time);
  unfinished.text += line.text;
  if (line.partial && unfinished.text.size() < kLongestLine) return;
  sink({container_, unfinished.time, is_error ? "stderr" : "stdout", unfinished.text});
  unfinished = {};
}

void ContainerLog::finish(const Sink& sink) {
  for (const bool is_error : {false, true}) {
    Unfinished& unfinished = unfinished_[is_error ? 1 : 0];
    if (unfinished.text.empty()) continue;
    sink({container_, unfinished.time, is_error ? "stderr" : "stdout", unfinished.text});
    unfinished = {};
  }
}

bool ContainerLog::read(const Sink& sink, bool look) {
  // The next instance is looked for first: what its predecessor wrote is all there by then.
  if ((look || std::exchange(look_again_, false)) && !next_) {
    for (const int instance : pod::log_instances(folder_)) {
      if (instance > instance_ && !next_) next_ = instance;
    }
  }
  if (follower_ && follower_->read([&](const pod::CriLine& line) { take(line, sink); })) {
    return true;
  }
  if (!next_) return false;
  finish(sink);
  instance_ = *next_;
  next_.reset();
  follower_.emplace(folder_ + "/" + std::to_string(instance_) + ".log");
  look_again_ = true;
  return true;
}

PodView::PodView(const manifest::Pod& pod, const pod::Roots& roots)
    : name_{pod.metadata.namespace_, pod.metadata.name, pod.metadata.uid},
      spec_(pod.spec),
      folder_(pod::pod_folder(roots, pod.metadata.uid)),
      watch_(make_inotify()),
      events_(folder_ + "/events.jsonl") {
  watch_folder(watch_.get(), folder_, IN_MODIFY | IN_MOVED_TO);
  const std::string logs = log_folder(roots.log_dir, name_);
  for (const auto* containers : {&spec_.init_containers, &spec_.containers}) {
    for (const manifest::Container& container : *containers) {
      const std::string folder = logs + "/" + container.name;
      make_dirs(folder);
      watch_folder(watch_.get(), folder, IN_CREATE | IN_MOVED_TO);
      logs_.emplace_back(container.name, folder);
    }
  }
}

std::vector<int> PodView::fds() const {
  std::vector<int> fds{watch_.get()};
  for (const ContainerLog& log : logs_) {
    if (log.event_fd() >= 0) fds.push_back(log.event_fd());
  }
  return fds;
}

void PodView::read_status(Renderer& renderer, Output& output, Nanoseconds since) {
  auto text = read_file_if_exists(folder_ + "/status.json");
  if (!text || *text == last_status_) return;
  last_status_ = std::move(*text);
  const Json json = Json::parse(last_status_, nullptr, false);
  if (json.is_discarded()) return;
  const pod::Summary row = pod::summarize(spec_, pod::pod_status_from_json(json), deleting_);
  output.add(renderer.status(name_, json, row, since));
}

bool PodView::read(Renderer& renderer, Output& output, Nanoseconds since) {
  const bool changed = drain(watch_.get()) || std::exchange(first_, false) || ended_;
  if (changed) {
    for (const std::string& line : events_.read()) {
      const Json event = Json::parse(line, nullptr, false);
      if (event.is_object()) output.add(renderer.event(name_, event, since));
    }
    read_status(renderer, output, since);
  }
  const auto sink = [&](const LogLine& line) { output.add(renderer.log(name_, line)); };
  bool more = false;
  for (ContainerLog& log : logs_) {
    if (output.full()) return true;
    more |= log.read(sink, changed);
  }
  if (ended_ && !more) {
    for (ContainerLog& log : logs_) log.finish(sink);
  }
  return more;
}

}  // namespace podrun::cli
