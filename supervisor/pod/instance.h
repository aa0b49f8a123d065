// One container instance: from the decision to start it to the last byte of its log. A restart is a
// new Instance, which may have been made and parked long before.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/pidfd.h"
#include "rootfs-tools/store.h"
#include "runtime/birth.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/attachments.h"
#include "supervisor/pod/bind_sources.h"
#include "supervisor/pod/container_cgroup.h"
#include "supervisor/pod/cri_log.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

struct Context;

/// What an instance is made from. The container outlives it.
struct InstanceInputs {
  const manifest::Container& container;
  const images::Image& image;
  images::Revision revision;  // of the store before `image` was looked up
  std::string cgroup_name;    // below the pod's
  int restart = 0;
  bool parked = false;  // everything is made ready; it runs after release()
};

class Instance {
 public:
  struct Callbacks {
    std::function<void()> running;                                  // execve succeeded
    std::function<void(const runtime::BirthFailure&)> not_started;  // it never ran
    std::function<void(ExitStatus)> ended;   // the first process ended, and is to be reaped
    std::function<void(ExitStatus)> exited;  // it is reaped; its log is complete
  };

  /// Makes the cgroup, the snapshot, the mounts, the specification and the log, and begins the
  /// birth. Throws Error where that fails; nothing is left then.
  Instance(Context& context, const InstanceInputs& inputs, Callbacks callbacks);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  /// A process that still runs is killed; the Reaper gets it.
  ~Instance();

  /// Whether one that was parked would be the same if it were made now.
  bool usable() const;
  /// Lets a parked one run, at once or when it is ready. Its callbacks are called from here on.
  void release();
  bool released() const { return released_; }

  const std::string& id() const { return id_; }
  ContainerCgroup& cgroup() { return cgroup_; }
  const ContainerCgroup& cgroup() const { return cgroup_; }
  const runtime::Spec& spec() const { return spec_; }
  const Process& process() const { return process_; }
  bool running() const { return process_.valid(); }
  /// Sends a signal to the first process; false where it is not there.
  bool signal(int number) const;
  /// A client gets its output from now on. While it runs.
  [[gnu::cold]] void attach(AttachRequest request);
  std::optional<Moment> next_deadline() const;
  void on_deadline(Moment now);
  /// The content of the termination message file, at most 4 KiB; with FallbackToLogsOnError and an
  /// error, the log's end.
  std::string termination_message(bool failed) const;

 private:
  struct Stream {
    Fd read, write;  // the write end is closed once the process is born
    Loop::Watch watch;
  };
  bool image_unchanged() const;
  void open_log();
  void open_streams();
  void start_birth(const InstanceInputs& inputs);
  void open_input();
  void take_terminal();
  void watch_stream(LogStream stream, Stream& pipe);
  void watch_streams();
  void read_rest(LogStream stream, Stream& pipe);
  void on_report();
  void on_exit();
  bool read_stream(LogStream stream, Stream& pipe);

  Context& context_;
  const manifest::Container& container_;
  ContainerCgroup cgroup_;  // destroyed last: what else there is may keep it busy
  std::string id_;
  int restart_;
  std::string image_id_;
  images::Revision image_revision_;
  std::optional<std::string> config_;  // config.json as it was
  std::optional<BindSources> sources_;
  bool released_, failed_ = false;
  std::string termination_log_;
  images::Snapshot snapshot_;
  std::vector<Fd> held_;  // detached mounts that the plan refers to
  runtime::Spec spec_;
  Callbacks callbacks_;
  std::unique_ptr<CriLog> log_;
  Stream stdout_, stderr_;  // with a terminal: its master and nothing
  Fd stdin_;                // the container's end, until it is born
  Fd input_;                // ours, held open: the write end, or the terminal's master
  std::unique_ptr<Attachments> attachments_;
  runtime::Birth birth_;
  Process process_;
  Loop::Watch report_watch_, exit_watch_;
};

/// 64 random hexadecimal digits.
std::string new_container_id();

}  // namespace podrun::pod
