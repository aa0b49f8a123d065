#include "supervisor/pod/hook.h"

#include <utility>

#include "supervisor/pod/context.h"
#include "supervisor/pod/hook_text.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_request.h"

namespace podrun::pod {

namespace {

/// What went wrong, in the event's words; empty where nothing did.
std::string problem_of(const AttemptOutcome& outcome, const manifest::LifecycleHandler& handler,
                       const std::string& container, const std::string& pod) {
  const auto failed = [&](const std::string& error) {
    return hook_failed_event(handler, container, pod, error, outcome.output);
  };
  switch (outcome.kind) {
    case AttemptOutcome::Kind::kNotStarted:
      return failed(outcome.not_started.text);
    case AttemptOutcome::Kind::kTimedOut:
      return failed("the hook did not end within its time");
    case AttemptOutcome::Kind::kExited:
      break;
  }
  if (const auto* exec = std::get_if<manifest::ExecAction>(&handler)) {
    const int code = outcome.status.shell_code();
    return code == 0 ? "" : failed(hook_exit_error(*exec, code));
  }
  const auto result = decode_result(outcome.output);
  if (!result) return failed("the hook's request ended without a result");
  const bool success =
      result->kind != NetProbeResult::kFailure && result->kind != NetProbeResult::kError;
  return success ? "" : failed(result->message);
}

}  // namespace

Hook::Hook(Context& context, const ProbeTarget& target, runtime::Birthplace& place,
           const manifest::LifecycleHandler& handler, Moment deadline, Done done)
    : done_(std::move(done)) {
  const Moment now = context.clock.now();
  if (const auto* sleep = std::get_if<manifest::SleepAction>(&handler)) {
    sleep_until_ = now + sleep->seconds;
    return;
  }
  const auto start = [&](const runtime::Stdio& stdio) {
    if (const auto* exec = std::get_if<manifest::ExecAction>(&handler)) {
      runtime::Process process = target.spec.process;
      process.args = exec->command;
      process.terminal = false;
      return runtime::Launcher::exec(place, target.process, target.spec, process, stdio);
    }
    const Nanoseconds timeout =
        deadline == Moment::max() ? Nanoseconds(Seconds(3600)) : deadline - now;
    return start_net_probe(target.leaf, *hook_request(handler, target.container, timeout), stdio);
  };
  attempt_ = std::make_unique<Attempt>(
      context, start, deadline,
      [this, &handler, &container = target.container,
       pod = pod_for_messages(context.pod)](const AttemptOutcome& outcome) {
        done_(problem_of(outcome, handler, container.name, pod));
      });
}

std::optional<Moment> Hook::next_deadline() const {
  if (sleep_until_) return sleep_until_;
  if (!attempt_ || attempt_->deadline() == Moment::max()) return std::nullopt;
  return attempt_->deadline();
}

void Hook::on_deadline(Moment now) {
  const auto due = next_deadline();
  if (!due || *due > now) return;
  if (!sleep_until_) {
    attempt_->on_deadline();
    return;
  }
  sleep_until_.reset();
  const Done done = done_;
  done("");
}

}  // namespace podrun::pod
