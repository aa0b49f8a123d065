#include "supervisor/pod/hook_text.h"

#include "base/go_text.h"

namespace podrun::pod {

namespace {

std::string words_of(const manifest::ExecAction& command) {
  std::string text;
  for (const std::string& word : command.command) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct Naming {
  std::string operator()(const manifest::ExecAction& exec) const {
    return "Exec lifecycle hook ([" + words_of(exec) + "])";
  }
  std::string operator()(const manifest::HttpGetAction& get) const {
    return "HTTP lifecycle hook (" + get.path + ")";
  }
  std::string operator()(const manifest::TcpSocketAction&) const { return "TCP lifecycle hook"; }
  std::string operator()(const manifest::SleepAction& sleep) const {
    return "Sleep lifecycle hook (" + std::to_string(sleep.seconds.count()) + ")";
  }
};

}  // namespace

std::string hook_exit_error(const manifest::ExecAction& command, int exit_code) {
  // kubelet puts standard error behind the colon; it is in the output here.
  return "command '" + words_of(command) + "' exited with " + std::to_string(exit_code) + ": ";
}

std::string hook_failed_event(const manifest::LifecycleHandler& hook, const std::string& container,
                              const std::string& pod, const std::string& error,
                              const std::string& output) {
  std::string text = std::visit(Naming(), hook) + " for Container " + go_quote(container) +
                     " in Pod " + go_quote(pod) + " failed - error: " + error;
  if (std::holds_alternative<manifest::ExecAction>(hook)) text += ", message: " + go_quote(output);
  return text;
}

}  // namespace podrun::pod
