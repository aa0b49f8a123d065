// How kubelet words the failure of a lifecycle hook (pkg/kubelet/lifecycle, handlers.go). Pure.
#pragma once

#include <string>

#include "supervisor/manifest/pod.h"

namespace podrun::pod {

/// What is wrong with a hook's command that ended with `exit_code`.
std::string hook_exit_error(const manifest::ExecAction& command, int exit_code);

/// Of the events Warning FailedPostStartHook and FailedPreStopHook; `pod` is kubelet's
/// "NAME_NAMESPACE(UID)". Newer kubelets keep this text to their log and say in the event no more
/// than "PreStopHook failed": here there is no such log to look into.
std::string hook_failed_event(const manifest::LifecycleHandler& hook, const std::string& container,
                              const std::string& pod, const std::string& error,
                              const std::string& output);

}  // namespace podrun::pod
