// One container of the pod, over all its instances: start, probe, stop, restart. It acts; the
// counting and the waiting are decided in probe_state.h, backoff.h, restart.h and termination.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rootfs-tools/store.h"
#include "supervisor/pod/backoff.h"
#include "supervisor/pod/exec_session.h"
#include "supervisor/pod/hook.h"
#include "supervisor/pod/image_wait.h"
#include "supervisor/pod/instance.h"
#include "supervisor/pod/probe_runner.h"
#include "supervisor/pod/report.h"
#include "supervisor/pod/resize.h"
#include "supervisor/pod/restart.h"
#include "supervisor/pod/status.h"
#include "supervisor/pod/termination.h"
#include "supervisor/pod/usage.h"

namespace podrun::pod {

struct Context;

class ContainerRunner {
 public:
  ContainerRunner(Context& context, const manifest::Container& container, ContainerRole role);

  const manifest::Container& container() const { return container_; }
  ContainerRole role() const { return role_; }

  /// Before start(): goes on counting from what a supervisor that died (before `now`) had seen of
  /// this container.
  void continue_after(const ContainerStatus& old, WallTime now);
  /// Begins the first instance. What fails is retried and shown in status().
  void start();
  /// True from start() on.
  bool begun() const { return phase_ != Phase::kIdle; }
  /// The first process runs and postStart is over (or it has ended): the next container may start.
  bool let_next_start() const;
  /// For sidecars: the next init container may start.
  bool started() const { return status_.started; }
  /// Nothing runs and nothing will.
  bool ended() const { return phase_ == Phase::kEnded; }

  /// Graceful end for good: preStop, the stop signal when it is its `turn` (sidecars wait for the
  /// others), and the kill when `grace` is over. Called again, a shorter grace shortens.
  void stop(Seconds grace, bool turn);
  void give_turn();

  // container_resize.cc
  /// The container's resources have changed: further instances have the new ones.
  [[gnu::cold]] void resources_changed();
  /// What that means for the instance that there is.
  ResizeEffect resize_effect() const;
  /// For an effect in place: how the memory's limit changes.
  MemoryFall memory_fall() const;
  /// Gives the instance the container's resources; false where it is being restarted for them, and
  /// its cgroups have old ones until then.
  [[gnu::cold]] bool resize();

  /// Where a command may join; nothing while no instance runs.
  std::optional<ExecTarget> exec_target();

  /// Takes the client to the running instance; false, and the request is untouched, while none
  /// runs.
  bool attach(AttachRequest& request);

  std::optional<Moment> next_deadline() const;
  void on_deadline(Moment now);
  const ContainerStatus& status() const { return status_; }
  ContainerReport report() const;

 private:
  enum class Phase { kIdle, kRetry, kStarting, kRunning, kBackoff, kEnded };

  // container_start.cc
  void begin_instance();
  void launch();
  std::unique_ptr<Instance> make_instance(bool parked);
  void prepare_next();
  bool resolve_image();
  void create_failed(const std::string& reason, const std::string& message);
  void retry_later(Seconds after);
  void on_running();
  void on_not_started(const runtime::BirthFailure& failure);
  void start_probes(Moment now);
  void run_post_start(const manifest::LifecycleHandler& handler);

  // container_stop.cc
  void begin_kill(Seconds grace, const std::string& message);
  void advance_termination();
  void run_pre_stop(const manifest::LifecycleHandler& handler);
  void end_pre_stop_late();
  void kill_all();
  void end_for_good();
  void retire();
  void bury();

  // container_exit.cc
  void on_exited(ExitStatus status);
  void release_next(int exit_code);
  bool restarts_after(int exit_code) const;
  Terminated describe_end(const InstanceEnd& end) const;
  /// `shown`: the state until the next instance is there, or the backoff.
  void after_instance(const Terminated& terminated, const ContainerState& shown);
  void show_crash_loop(Moment now);
  void close_books(const Terminated& terminated);
  InstanceReport instance_report() const;

  void on_verdict(ProbeKind kind, ProbeVerdict verdict);
  void set_state(ContainerState state);
  void settle_status();
  void stop_probes(bool readiness_too);
  std::unique_ptr<Hook> run_hook(const manifest::LifecycleHandler& handler, Moment deadline,
                                 Hook::Done done);
  ProbeTarget probe_target();
  std::string field_path() const;
  manifest::RestartPolicy restart_policy() const;

  Context& context_;
  const manifest::Container& container_;
  ContainerRole role_;
  Phase phase_ = Phase::kIdle;
  std::optional<images::Image> image_;
  images::Revision image_revision_;  // of the store when image_ was looked up
  std::unique_ptr<Instance> instance_;
  /// Parked: made ready while nobody waits, so that a restart without backoff takes no time.
  std::unique_ptr<Instance> next_;
  std::optional<Moment> next_due_;  // when it is to be made
  int instances_made_ = 0;
  std::unique_ptr<Instance> retired_;  // ended; taken away once its successor runs
  std::vector<std::unique_ptr<ProbeRunner>> probes_;
  std::unique_ptr<Hook> post_start_, pre_stop_;
  bool post_start_over_ = false, pre_stop_over_ = false;
  std::optional<Termination> termination_;  // an instance that is being ended
  Fd retired_events_;
  Loop::Watch retired_watch_;
  Backoff backoff_;
  ImageWait image_wait_;
  std::optional<Moment> wake_at_;        // kRetry and kBackoff
  std::optional<Moment> crash_loop_at_;  // kBackoff: when CrashLoopBackOff is to be shown
  Moment instance_begun_, instance_started_;
  WallTime started_wall_;
  Nanoseconds start_latency_{0};
  bool final_ = false;  // stop() was called: no further instance
  bool turn_ = true;
  Seconds final_grace_{0};
  manifest::ResourceRequirements given_;  // to the instance that there is
  bool resize_restart_ = false;           // it is being ended for a resize
  ContainerStatus status_;
  std::vector<InstanceReport> past_;
};

}  // namespace podrun::pod
