// One probe of one container instance: when an attempt is due it is made in the probe leaf, and its
// result counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "supervisor/pod/attempt.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_state.h"
#include "supervisor/pod/report.h"

namespace podrun::pod {

struct Context;

/// What a probe needs of the instance that it probes. Outlives the runner.
struct ProbeTarget {
  const manifest::Container& container;
  runtime::Birthplace& leaf;
  const Process& process;
  const runtime::Spec& spec;
  bool init = false;  // a sidecar
};

class ProbeRunner {
 public:
  using OnVerdict = std::function<void(ProbeKind, ProbeVerdict)>;

  ProbeRunner(Context& context, const ProbeTarget& target, ProbeKind kind,
              const manifest::Probe& probe, Moment started, OnVerdict on_verdict);

  std::optional<Moment> next_deadline() const;
  /// Begins an attempt that is due, or ends one that took too long.
  void on_deadline(Moment now);
  void set_started(bool startup_passed, Moment now) { state_.set_started(startup_passed, now); }
  void stop();
  ProbeKind kind() const { return state_.kind(); }
  const ProbeState& state() const { return state_; }
  const ProbeReport& counts() const { return counts_; }
  const manifest::Probe& probe() const { return probe_; }

 private:
  void begin(Moment now);
  runtime::Birth start_exec(const manifest::ExecAction& action, const runtime::Stdio& stdio);
  NetProbeResult judge(const AttemptOutcome& outcome) const;
  void ended(const AttemptOutcome& outcome);
  void announce(ProbeResult result, const std::string& message);
  std::string field_path() const;

  Context& context_;
  ProbeTarget target_;
  const manifest::Probe& probe_;
  ProbeState state_;
  OnVerdict on_verdict_;
  std::optional<NetProbeRequest> request_;  // of a network probe, from its first attempt on
  std::unique_ptr<Attempt> attempt_;
  ProbeReport counts_;
};

/// Begins a network probe in `leaf`; one over TLS becomes `podrun-probe-https`.
runtime::Birth start_net_probe(runtime::Birthplace& leaf, const NetProbeRequest& request,
                               const runtime::Stdio& stdio);

}  // namespace podrun::pod
