#include "runtime/describe.h"

#include <signal.h>
#include <string.h>

#include <cerrno>

#include "base/error.h"

namespace podrun::runtime {

namespace {

std::string text_of(const char* text) { return text != nullptr ? text : ""; }

std::string describe_of_root(const Step& step) {
  const std::string path = text_of(step.path), text = text_of(step.text);
  switch (step.kind) {
    case StepKind::kPrivateMounts:
      return "make the mounts private";
    case StepKind::kAttachRoot:
      return "attach the root file system";
    case StepKind::kMount:
      return "mount " + text + " at " + path;
    case StepKind::kOpenFolder:
      return "open folder " + path;
    case StepKind::kDevice:
      return "make device " + text;
    case StepKind::kLink:
      return "link /dev/" + path + " to " + text;
    case StepKind::kReadonlyPath:
    case StepKind::kReadonlyMount:
      return "make " + path + " read-only";
    case StepKind::kMask:
      return "mask " + path;
    case StepKind::kRootReadonly:
      return "make the root file system read-only";
    case StepKind::kPivot:
      return "change to the root file system";
    case StepKind::kPropagation:
      return "set the propagation of the root file system";
    default:
      return "take an unknown step";
  }
}

std::string describe_of_identity(const Step& step) {
  const std::string number = std::to_string(step.a);
  switch (step.kind) {
    case StepKind::kRlimit: {
      const auto& limit = *static_cast<const RlimitPlan*>(step.data);
      return "set " + text_of(step.text) + " to " + std::to_string(limit.soft) + ":" +
             std::to_string(limit.hard);
    }
    case StepKind::kBoundingSet:
      return "drop capabilities from the bounding set";
    case StepKind::kSeccomp:
      return "load the seccomp filter";
    case StepKind::kKeepCapabilities:
      return "keep capabilities";
    case StepKind::kGroups:
      return "set the additional groups";
    case StepKind::kGroup:
      return "become group " + number;
    case StepKind::kUser:
      return "become user " + number;
    case StepKind::kCapabilities:
      return "set the capabilities";
    case StepKind::kAmbient:
      return "set the ambient capabilities";
    case StepKind::kNoNewPrivileges:
      return "give up new privileges";
    case StepKind::kDieWithParent:
      return "tie the process to its supervisor";
    default:
      return describe_of_root(step);
  }
}

}  // namespace

std::string describe(const Step& step) {
  const std::string path = text_of(step.path), text = text_of(step.text);
  switch (step.kind) {
    case StepKind::kClone:
      return "clone a process";
    case StepKind::kMapIds:
      return "map the users of the user namespace";
    case StepKind::kEnterCgroup:
      return "enter cgroup " + text;
    case StepKind::kAwaitMaps:
      return "become root of the user namespace";
    case StepKind::kHide:
      return "hide the process";
    case StepKind::kJoin:
      return "join the namespaces " + path;
    case StepKind::kUnshare:
      return "make a cgroup namespace";
    case StepKind::kOomScore:
      return "set oom_score_adj to " + text;
    case StepKind::kSysctl:
      return "write \"" + text + "\" to " + path;
    case StepKind::kHostname:
      return "set the hostname to " + text;
    case StepKind::kKeyring:
      return "make a session keyring";
    case StepKind::kSession:
      return "make a session";
    case StepKind::kTerminal:
      return "make a terminal";
    case StepKind::kStdio:
      return "place the standard descriptors";
    case StepKind::kWorkingFolder:
      return "change to the working folder " + path;
    case StepKind::kUmask:
      return "set the umask";
    case StepKind::kSignals:
      return "reset signals";
    case StepKind::kCloseFds:
      return "close descriptors";
    case StepKind::kPark:
      return "wait to be released";
    case StepKind::kExec:
      return "exec " + path;
    case StepKind::kCall:
      return "call a function";
    default:
      return describe_of_identity(step);
  }
}

BirthFailure describe_failure(const Plan& plan) {
  const Step& step = plan.steps[plan.step.load(std::memory_order_relaxed)];
  BirthFailure failure;
  failure.errno_value = plan.error;
  failure.exec_failed = step.kind == StepKind::kExec;
  failure.text = describe(step) + ": " + errno_text(plan.error);
  if (failure.exec_failed && plan.error == ENOENT &&
      text_of(step.path).find('/') == std::string::npos)
    failure.text = "exec " + text_of(step.path) + ": executable file not found in $PATH";
  if (failure.exec_failed && plan.error == ELOOP)
    failure.text += " (links of /proc to a process's files are not followed)";
  return failure;
}

BirthFailure describe_death(const Plan& plan, int signal) {
  const Step& step = plan.steps[plan.step.load(std::memory_order_relaxed)];
  BirthFailure failure;
  failure.text = describe(step) + ": the process was killed";
  if (signal != 0)
    failure.text += " by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  return failure;
}

std::string describe_cut_short(const Step& step, int error) {
  const std::string act = describe(step);
  if (step.kind == StepKind::kRlimit)
    return act + ": cut to the hard limit that podrun has itself: " + errno_text(error);
  return act + ": left as it is: " + errno_text(error);
}

}  // namespace podrun::runtime
