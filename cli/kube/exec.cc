// `podrun exec` and `podrun attach`.
#include <unistd.h>

#include "cli/kube/commands.h"
#include "cli/kube/pods.h"
#include "cli/kube/remote_session.h"
#include "supervisor/api/json_path.h"

namespace podrun::kube {
namespace {

std::string pod_path(Session& session, const Json& pod, const std::string& what) {
  return session.type("pods").path(api::text_at(pod, "metadata.namespace"),
                                   api::text_at(pod, "metadata.name")) +
         "/" + what;
}

void refuse_ended(const Json& pod, const std::string& what) {
  const std::string phase = api::text_at(pod, "status.phase");
  if (phase != "Succeeded" && phase != "Failed") return;
  throw Error("cannot " + what + " a container in a completed pod; current phase is " + phase);
}

RemoteStreams streams_of(const Arguments& arguments) {
  RemoteStreams streams{.in = arguments.has("stdin"), .tty = arguments.has("tty")};
  if (streams.tty && streams.in && ::isatty(STDIN_FILENO) == 0) {
    print_error("Unable to use a TTY - input is not a terminal or the right kind of file");
    streams.tty = false;
  }
  return streams;
}

}  // namespace

int exec(Session& session) {
  const Arguments& arguments = session.arguments();
  const auto& words = arguments.operands;
  if (arguments.before_dashes != 1u || words.size() < 2) {
    throw UsageError("\"podrun exec\" needs POD -- COMMAND",
                     "the command stands behind \"--\": podrun exec " + words.front() + " -- ls");
  }
  const Json pod = pod_to_enter(session, words.front());
  refuse_ended(pod, "exec into");
  const RemoteStreams streams = streams_of(arguments);
  Query query{
      {"container", chosen_container(pod, arguments.value("container"), !arguments.has("quiet"))}};
  for (std::size_t i = 1; i < words.size(); ++i) query.emplace_back("command", words[i]);
  const int code = run_remote(session, pod_path(session, pod, "exec"), query, streams);
  if (code != 0 && !arguments.has("quiet")) {
    print_error("command terminated with exit code " + std::to_string(code));
  }
  return code;
}

int attach(Session& session) {
  const Arguments& arguments = session.arguments();
  const Json pod = pod_to_enter(session, arguments.operands.front());
  refuse_ended(pod, "attach to");
  const RemoteStreams streams = streams_of(arguments);
  const std::string container =
      chosen_container(pod, arguments.value("container"), !arguments.has("quiet"));
  expect_container(pod, container,
                   "cannot attach to the container: container " + container + " not found in pod " +
                       api::text_at(pod, "metadata.name"));
  return run_remote(session, pod_path(session, pod, "attach"), {{"container", container}}, streams);
}

}  // namespace podrun::kube
