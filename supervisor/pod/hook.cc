#include "supervisor/pod/hook.h"

#include <utility>

#include "supervisor/pod/context.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_request.h"

namespace podrun::pod {

namespace {

std::string problem_of(const AttemptOutcome& outcome) {
  switch (outcome.kind) {
    case AttemptOutcome::Kind::kNotStarted:
      return outcome.not_started.text;
    case AttemptOutcome::Kind::kTimedOut:
      return "the hook did not end within its time";
    case AttemptOutcome::Kind::kExited:
      break;
  }
  if (const auto result = decode_result(outcome.output)) {
    const bool failed =
        result->kind == NetProbeResult::kFailure || result->kind == NetProbeResult::kError;
    return failed ? result->message : "";
  }
  if (outcome.status.shell_code() == 0) return "";
  return "the hook's command exited with " + std::to_string(outcome.status.shell_code()) + ": " +
         outcome.output;
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
      return runtime::Launcher::exec(place, target.process, target.spec, process, stdio);
    }
    const Nanoseconds timeout =
        deadline == Moment::max() ? Nanoseconds(Seconds(3600)) : deadline - now;
    return start_net_probe(target.leaf, *hook_request(handler, target.container, timeout), stdio);
  };
  attempt_ = std::make_unique<Attempt>(
      context, start, deadline,
      [this](const AttemptOutcome& outcome) { done_(problem_of(outcome)); });
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
