#include "supervisor/pod/probe_runner.h"

#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/exec_probe.h"
#include "supervisor/pod/probe_request.h"
#include "supervisor/pod/restart.h"

namespace podrun::pod {

namespace {

constexpr Nanoseconds kNetAllowance = std::chrono::milliseconds(100);

}  // namespace

ProbeRunner::ProbeRunner(Context& context, const ProbeTarget& target, ProbeKind kind,
                         const manifest::Probe& probe, Moment started, OnVerdict on_verdict)
    : context_(context),
      target_(target),
      probe_(probe),
      state_(kind, probe, started),
      on_verdict_(std::move(on_verdict)) {}

std::optional<Moment> ProbeRunner::next_deadline() const {
  return attempt_ ? attempt_->deadline() : state_.next_attempt();
}

void ProbeRunner::on_deadline(Moment now) {
  const auto due = next_deadline();
  if (!due || *due > now) return;
  if (attempt_) {
    attempt_->on_deadline();
  } else {
    begin(now);
  }
}

void ProbeRunner::stop() {
  state_.stop();
  attempt_.reset();
}

void ProbeRunner::begin(Moment now) {
  state_.attempt_begun(now);
  const auto* exec = std::get_if<manifest::ExecAction>(&probe_.handler);
  const auto start = [&](const runtime::Stdio& stdio) {
    if (exec != nullptr) return start_exec(*exec, stdio);
    // A port name that the container does not have is an error of each attempt.
    if (!request_) request_ = net_request(probe_.handler, target_.container, probe_.timeout);
    return start_net_probe(target_.leaf, *request_, stdio);
  };
  // The process of a network probe watches the time itself and words what it was doing; it is only
  // killed where the container's quota keeps it from that.
  const Nanoseconds allowance = exec != nullptr ? Nanoseconds(0) : kNetAllowance;
  attempt_ = std::make_unique<Attempt>(context_, start, now + probe_.timeout + allowance,
                                       [this](const AttemptOutcome& outcome) { ended(outcome); });
}

runtime::Birth ProbeRunner::start_exec(const manifest::ExecAction& action,
                                       const runtime::Stdio& stdio) {
  runtime::Process process = target_.spec.process;
  process.args = action.command;
  process.terminal = false;
  return runtime::Launcher::exec(target_.leaf, target_.process, target_.spec, process, stdio);
}

runtime::Birth start_net_probe(runtime::Birthplace& leaf, const NetProbeRequest& request,
                               const runtime::Stdio& stdio) {
  if (needs_tls(request))
    return runtime::Launcher::run_function(leaf, run_tls_probe, tls_argument(request), stdio);
  return runtime::Launcher::run_function(leaf, run_net_probe, encode(request), stdio);
}

NetProbeResult ProbeRunner::judge(const AttemptOutcome& outcome) const {
  if (outcome.kind == AttemptOutcome::Kind::kNotStarted) {
    // A command that the container does not have is its failure; what keeps us from trying is an
    // error.
    const bool theirs = outcome.not_started.exec_failed;
    return {theirs ? NetProbeResult::kFailure : NetProbeResult::kError, outcome.not_started.text};
  }
  const bool timed_out = outcome.kind == AttemptOutcome::Kind::kTimedOut;
  if (const auto* exec = std::get_if<manifest::ExecAction>(&probe_.handler)) {
    const ExecProbeResult result =
        exec_probe_result(outcome.status, outcome.output, timed_out, exec->command, probe_.timeout);
    const auto kind = result.result == ProbeResult::kSuccess   ? NetProbeResult::kSuccess
                      : result.result == ProbeResult::kFailure ? NetProbeResult::kFailure
                                                               : NetProbeResult::kError;
    return {kind, result.message};
  }
  if (timed_out) return {NetProbeResult::kFailure, timeout_message(*request_)};
  if (auto result = decode_result(outcome.output)) return *result;
  return {NetProbeResult::kError,
          "the probe process ended with code " + std::to_string(outcome.status.shell_code())};
}

void ProbeRunner::ended(const AttemptOutcome& outcome) {
  const NetProbeResult judged = judge(outcome);
  const Moment begun_deadline = attempt_->deadline();
  const auto ended_attempt = std::move(attempt_);
  if (judged.kind == NetProbeResult::kContinueOverTls) {
    attempt_ = std::make_unique<Attempt>(
        context_,
        [&](const runtime::Stdio& stdio) {
          return runtime::Launcher::run_function(target_.leaf, run_tls_probe,
                                                 tls_argument(judged.message), stdio);
        },
        begun_deadline, [this](const AttemptOutcome& next) { ended(next); });
    return;
  }
  const ProbeResult result = judged.kind == NetProbeResult::kFailure ? ProbeResult::kFailure
                             : judged.kind == NetProbeResult::kError ? ProbeResult::kError
                                                                     : ProbeResult::kSuccess;
  const ProbeVerdict verdict = state_.attempt_ended(result, context_.clock.now());
  if (judged.kind == NetProbeResult::kWarning) {
    context_.events.warning("ProbeWarning", probe_warning_event(kind(), judged.message),
                            field_path());
  }
  announce(result, judged.message);
  if (verdict != ProbeVerdict::kNothing) on_verdict_(kind(), verdict);
}

void ProbeRunner::announce(ProbeResult result, const std::string& message) {
  switch (result) {
    case ProbeResult::kSuccess:
      ++counts_.succeeded;
      return;
    case ProbeResult::kFailure:
      ++counts_.failed;
      context_.events.warning("Unhealthy", probe_failed_event(kind(), message), field_path());
      return;
    case ProbeResult::kError:
      if (state_.retrying()) return;
      ++counts_.errored;
      context_.events.warning("Unhealthy", probe_errored_event(kind(), message), field_path());
  }
}

std::string ProbeRunner::field_path() const {
  return container_field_path(target_.container.name, target_.init);
}

}  // namespace podrun::pod
