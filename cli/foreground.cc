#include "cli/foreground.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/layout.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/orphans.h"

namespace podrun::cli {
namespace {

Fd take_over_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set, number);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) throw_errno("block signals");
  ::signal(SIGPIPE, SIG_IGN);
  Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw_errno("signalfd");
  return fd;
}

/// A supervisor that does not end soon after a kill is killed itself.
void wait_for_end(PodProcess& process) {
  pollfd entry{.fd = process.process().pidfd(), .events = POLLIN, .revents = 0};
  if (::poll(&entry, 1, 10'000) != 1) process.kill_supervisor();
  process.process().reap();
}

/// core/v1 Event for what podrun itself saw: the supervisor that would have written it is gone.
Renderer::Json sandbox_changed(const PodName& pod, WallTime now) {
  return {{"apiVersion", "v1"},
          {"kind", "Event"},
          {"metadata", {{"name", pod.name + ".sandbox-changed"}, {"namespace", pod.namespace_}}},
          {"involvedObject",
           {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"name", pod.name},
            {"namespace", pod.namespace_},
            {"uid", pod.uid}}},
          {"type", "Normal"},
          {"reason", "SandboxChanged"},
          {"message", "Pod sandbox changed, it will be killed and re-created."},
          {"source", {{"component", "podrun"}}},
          {"count", 1},
          {"firstTimestamp", rfc3339(now)},
          {"lastTimestamp", rfc3339(now)}};
}

}  // namespace

namespace {

constexpr Nanoseconds kOrphanPatience = std::chrono::seconds(2);

}  // namespace

int exit_code(const std::vector<PodOutcome>& outcomes) {
  for (const PodOutcome& pod : outcomes) {
    if (pod.request == Request::kKillSupervisor) continue;
    if (pod.crash != 0) return 1;
    if (pod.request == Request::kNone && pod.exit_code != 0) return pod.exit_code;
  }
  return 0;
}

Foreground::Foreground(Options options, Renderer& renderer, Output& output, const Clock& clock)
    : options_(std::move(options)),
      renderer_(renderer),
      output_(output),
      clock_(clock),
      begin_(clock.now()),
      signals_(take_over_signals()) {}

Foreground::~Foreground() {
  for (Running& pod : pods_) {
    if (pod.started && !pod.ended) pod.process.kill();
  }
  const cgroups::Layout layout = cgroups::detect_layout();
  for (Running& pod : pods_) {
    try {
      if (pod.started && !pod.ended) wait_for_end(pod.process);
      const auto cleaned =
          pod::clean_up_pod(options_.roots, layout, pod.outcome.name.uid, options_.keep_logs);
      for (const std::string& problem : cleaned.problems) {
        std::fprintf(stderr, "podrun: clean up pod %s: %s\n", pod.outcome.name.name.c_str(),
                     problem.c_str());
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "podrun: %s\n", error.what());
    }
  }
  pod::reap_orphans(kOrphanPatience);
}

void Foreground::start(const std::vector<manifest::Pod>& pods, EarlyPod& early) {
  pod::adopt_orphans();
  for (const manifest::Pod& pod : pods) {
    Running& running = pods_.emplace_back();
    running.outcome.name = {pod.metadata.namespace_, pod.metadata.name, pod.metadata.uid};
    try {
      running.lock = pod::PodFolderLock::create(options_.roots, pod.metadata.uid);
    } catch (...) {
      pods_.pop_back();  // the folder is another's
      throw;
    }
    replace_file(pod::pod_folder(options_.roots, pod.metadata.uid) + "/pod.json",
                 manifest::to_json(pod).dump(), 0600);
    longest_grace_ = std::max(longest_grace_, pod.spec.termination_grace_period);
  }
  auto started = pods_.begin();
  for (const manifest::Pod& pod : pods) {
    started->process = early.supervise(pod);
    (started++)->started = true;
  }
  auto running = pods_.begin();
  for (const manifest::Pod& pod : pods) (running++)->view.emplace(pod, options_.roots);
}

void Foreground::wait() {
  more_ = true;
  while (!finished()) {
    poll_once();
    take_signals();
    if (options_.duration && since() >= *options_.duration && request_ == Request::kNone) {
      request(Request::kTerminate, "time is up");
    }
    reap();
    show();
    if (output_.closed() && request_ == Request::kNone) {
      request(Request::kTerminate, "standard output is closed");
    }
  }
}

bool Foreground::all_ended() const {
  return std::all_of(pods_.begin(), pods_.end(), [](const Running& pod) { return pod.ended; });
}

bool Foreground::finished() const {
  return all_ended() && !output_.pending() &&
         std::all_of(pods_.begin(), pods_.end(), [](const Running& pod) { return pod.drained; });
}

int Foreground::poll_timeout() const {
  if (more_ && !output_.full()) return 0;
  if (!options_.duration || request_ != Request::kNone) return -1;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*options_.duration - since()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, INT_MAX));
}

void Foreground::poll_once() {
  std::vector<pollfd> entries{{.fd = signals_.get(), .events = POLLIN, .revents = 0}};
  if (output_.pending()) entries.push_back({.fd = output_.fd(), .events = POLLOUT, .revents = 0});
  for (const Running& pod : pods_) {
    if (pod.ended) continue;
    entries.push_back({.fd = pod.process.process().pidfd(), .events = POLLIN, .revents = 0});
    if (output_.full()) continue;
    for (const int fd : pod.view->fds()) {
      entries.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    }
  }
  if (::poll(entries.data(), entries.size(), poll_timeout()) < 0 && errno != EINTR) {
    throw_errno("wait for the pods");
  }
}

void Foreground::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    advance_request(info.ssi_signo == SIGINT ? "interrupted" : "asked to end");
  }
}

void Foreground::advance_request(const std::string& because) {
  if (all_ended()) {  // only output is left, and no one takes it
    output_.discard();
    return;
  }
  switch (request_) {
    case Request::kNone:
      return request(Request::kTerminate, because);
    case Request::kTerminate:
      return request(Request::kKill, because + " again");
    case Request::kKill:
    case Request::kKillSupervisor:
      return request(Request::kKillSupervisor, because + " again");
  }
}

void Foreground::request(Request wanted, const std::string& because) {
  request_ = wanted;
  const std::string what = pods_.size() == 1 ? "the pod" : "the pods";
  if (wanted == Request::kTerminate) {
    notice(because + ": ending " + what + " gracefully, within " +
           std::to_string(longest_grace_.count()) + "s (Ctrl-C again kills)");
  } else if (wanted == Request::kKill) {
    notice(because + ": killing " + what);
  } else {
    notice(because + ": killing the supervisor");
  }
  for (Running& pod : pods_) {
    if (pod.ended) continue;
    if (wanted == Request::kTerminate) pod.process.terminate();
    if (wanted == Request::kKill) pod.process.kill();
    if (wanted == Request::kKillSupervisor) pod.process.kill_supervisor();
    pod.view->set_deleting();
  }
}

void Foreground::reap() {
  for (Running& pod : pods_) {
    ExitStatus status;
    if (pod.ended || !pod.process.process().try_reap(status)) continue;
    pod.ended = true;
    pod.outcome.request = request_;
    pod.outcome.exit_code = status.shell_code();
    pod.view->set_ended();
    if (status.signal != 0) take_crash(pod, status.signal);
  }
}

void Foreground::take_crash(Running& pod, int signal) {
  pod.outcome.crash = signal;
  const PodName& name = pod.outcome.name;
  for (const std::string& problem :
       pod::kill_pod_processes(options_.roots, cgroups::detect_layout(), name.uid).problems) {
    notice("pod " + name.name + ": " + problem);
  }
  output_.add(renderer_.event(name, sandbox_changed(name, clock_.wall()), since()));
  notice("podrun-pod of pod " + name.name + " was ended by signal " + std::to_string(signal) +
         ": its containers were killed");
}

void Foreground::show() {
  more_ = false;
  for (Running& pod : pods_) {
    if (pod.drained || output_.full()) continue;
    const bool more = pod.view->read(renderer_, output_, since());
    more_ |= more;
    if (pod.ended && !more) pod.drained = true;
  }
  output_.flush_ready();
}

void Foreground::notice(const std::string& text) { output_.add(renderer_.notice(text, since())); }

std::vector<PodOutcome> Foreground::outcomes() const {
  std::vector<PodOutcome> all;
  for (const Running& pod : pods_) all.push_back(pod.outcome);
  return all;
}

std::vector<std::string> Foreground::reports() const {
  std::vector<std::string> all;
  for (const Running& pod : pods_) {
    const std::string folder = pod::pod_folder(options_.roots, pod.outcome.name.uid);
    all.push_back(read_file_if_exists(folder + "/report.json").value_or(""));
  }
  return all;
}

}  // namespace podrun::cli
