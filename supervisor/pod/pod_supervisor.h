// The pod: its sandbox, its containers in their order, its status, its end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "cgroups/cgroup.h"
#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/control.h"
#include "supervisor/pod/exec_session.h"
#include "supervisor/pod/pod_resize.h"

namespace podrun::pod {

class PodSupervisor {
 public:
  PodSupervisor(Context& context, const ControlFds& control);

  /// Supervises until the pod has ended by itself or was told to end; returns its exit code: that
  /// of the first failed container, else 0, and 0 after a requested end.
  int run();

 private:
  void on_order(const ControlRequest& request);
  [[gnu::cold]] void on_exec(ExecRequest request, const ExecReply& reply);
  [[gnu::cold]] void on_attach(AttachRequest request);
  [[gnu::cold]] void refresh_volumes();
  [[gnu::cold]] void take_resources();
  std::vector<ContainerRunner*> runners() const;
  void set_up();
  bool volumes_ready(Moment now);
  void step(Moment now);
  bool init_done();
  void start_regular();
  void check_deadline(Moment now);
  // Cold: a supervisor that idles should not have these pages mapped beside those that it needs.
  [[gnu::cold]] void continue_from(const std::string& previous_status);
  void terminate(Seconds grace);
  void end_all(Seconds grace);
  void give_turns();
  bool regular_over() const;
  bool all_ended() const;
  bool finished() const;
  std::optional<Moment> next_deadline() const;
  void publish();
  void write_report() const;
  int exit_code() const;
  template <typename Visit>
  void each(Visit visit) const;

  Context& context_;
  Control control_;
  std::vector<std::unique_ptr<ContainerRunner>> init_;
  std::vector<std::unique_ptr<ContainerRunner>> regular_;
  std::map<std::uint64_t, std::unique_ptr<ExecSession>> execs_;
  std::uint64_t next_exec_ = 0;
  std::optional<PodResize> resize_;  // once there is a cgroup
  PodStatus status_;
  Moment started_;
  bool sandbox_ready_ = false;
  std::optional<Moment> volumes_retry_;
  Nanoseconds volumes_backoff_{0};
  bool volumes_ready_ = false;
  bool init_failed_ = false;
  bool ending_ = false;  // every container was told to stop
  bool deadline_exceeded_ = false;
};

}  // namespace podrun::pod
