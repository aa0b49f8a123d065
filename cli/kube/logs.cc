// `podrun logs`, of the daemon's pods.
#include "cli/logs.h"

#include <unistd.h>

#include <exception>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "base/go_duration.h"
#include "cli/kube/commands.h"
#include "cli/kube/pods.h"
#include "cli/pod_list.h"
#include "cli/roots.h"
#include "supervisor/api/json_path.h"

namespace podrun::kube {
namespace {

constexpr std::int64_t kTailOfMany = 10;

/// One container's log.
struct Source {
  std::string path;  // of the request
  std::string container;
  std::string prefix;  // in front of each line; may be empty
};

Query query_of(const Arguments& arguments, bool many) {
  Query query;
  for (const char* flag : {"follow", "previous", "timestamps"}) {
    if (arguments.has(flag)) query.emplace_back(flag, "true");
  }
  if (arguments.has("since") && arguments.has("since-time")) {
    throw UsageError("--since and --since-time do not go together");
  }
  if (arguments.has("since")) {
    const auto since = std::chrono::ceil<Seconds>(parse_duration(arguments.value("since")));
    query.emplace_back("sinceSeconds", std::to_string(since.count()));
  }
  if (arguments.has("since-time")) query.emplace_back("sinceTime", arguments.value("since-time"));
  const std::int64_t tail = arguments.has("tail") ? number_of(arguments, "tail")
                            : many                ? kTailOfMany
                                                  : -1;
  if (tail < -1) throw UsageError("--tail must be greater than or equal to -1");
  if (tail >= 0) query.emplace_back("tailLines", std::to_string(tail));
  if (arguments.has("limit-bytes")) {
    query.emplace_back("limitBytes", std::to_string(number_of(arguments, "limit-bytes")));
  }
  return query;
}

void add_sources(Session& session, const Json& pod, std::vector<Source>& out) {
  const Arguments& arguments = session.arguments();
  const std::string name = api::text_at(pod, "metadata.name");
  std::vector<std::string> containers;
  if (arguments.has("all-containers")) {
    containers = container_names(pod);
  } else {
    const std::string given = arguments.operands.size() > 1 ? arguments.operands[1] : "";
    const std::string flag = arguments.value("container");
    if (!given.empty() && !flag.empty()) {
      throw UsageError("a container is named twice: \"" + given + "\" and \"" + flag + "\"");
    }
    containers.push_back(chosen_container(pod, given.empty() ? flag : given, true));
    expect_container(pod, containers.front(),
                     "container " + containers.front() + " is not valid for pod " + name);
  }
  const bool prefixed = arguments.has("prefix") || arguments.has("all-pods");
  for (const std::string& container : containers) {
    out.push_back(
        {session.type("pods").path(api::text_at(pod, "metadata.namespace"), name) + "/log",
         container, prefixed ? "[pod/" + name + "/" + container + "] " : ""});
  }
}

/// Whole lines of several logs, one at a time.
class Printer {
 public:
  void print(const std::string& prefix, std::string& text, bool at_end) {
    const std::scoped_lock lock(mutex_);
    if (prefix.empty() && (only_ || at_end)) {
      write_all(STDOUT_FILENO, text, "standard output");
      text.clear();
      return;
    }
    std::size_t begin = 0;
    std::string lines;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      lines += prefix + text.substr(begin, end + 1 - begin);
      begin = end + 1;
    }
    text.erase(0, begin);
    if (at_end && !text.empty()) lines += prefix + text;
    write_all(STDOUT_FILENO, lines, "standard output");
  }
  void set_only(bool only) { only_ = only; }

 private:
  std::mutex mutex_;
  bool only_ = false;  // nobody's lines come between
};

void show(const client::Api& api, const Source& source, Query query, Printer& printer) {
  query.emplace_back("container", source.container);
  client::Connection connection = api.open({.path = source.path, .query = std::move(query)});
  std::string text;
  for (std::string part = connection.read_some(); !part.empty(); part = connection.read_some()) {
    text += part;
    printer.print(source.prefix, text, false);
  }
  printer.print(source.prefix, text, true);
}

/// Each on a thread of its own: a followed log ends when its container does.
void follow_all(Session& session, const std::vector<Source>& sources, const Query& query,
                Printer& printer) {
  std::mutex mutex;
  std::exception_ptr first;
  {
    std::vector<std::jthread> threads;
    threads.reserve(sources.size());
    for (const Source& source : sources) {
      threads.emplace_back([&] {
        try {
          show(session.api(), source, query, printer);
        } catch (const std::exception& error) {
          const std::scoped_lock lock(mutex);
          if (session.arguments().has("ignore-errors")) {
            print_error(failure_line(error));
          } else if (!first) {
            first = std::current_exception();
          }
        }
      });
    }
  }
  if (first) std::rethrow_exception(first);
}

/// A pod of `podrun run`, whose files are read here.
bool is_local(const Arguments& arguments) {
  if (cli::find_api_flag(arguments) != nullptr) return false;
  try {
    cli::find_pod(cli::list_pods(cli::roots_of(arguments)), arguments.operands.front());
    return true;
  } catch (const BadInput&) {
    return false;
  }
}

std::vector<Source> sources_of(Session& session) {
  const Arguments& arguments = session.arguments();
  std::vector<Source> sources;
  if (arguments.has("selector")) {
    if (!arguments.operands.empty()) throw UsageError("a POD and --selector do not go together");
    for (const Target& pod : find_targets(session, {.words = {{"pods"}}})) {
      add_sources(session, pod.object, sources);
    }
    return sources;
  }
  const std::vector<Json> pods =
      pods_of(session, named_target(session, arguments.operands.front()));
  if (arguments.has("all-pods")) {
    for (const Json& pod : pods) add_sources(session, pod, sources);
    return sources;
  }
  if (pods.size() > 1) {
    print_error("Found " + std::to_string(pods.size()) + " pods, using pod/" +
                api::text_at(pods.front(), "metadata.name"));
  }
  add_sources(session, pods.front(), sources);
  return sources;
}

}  // namespace

int logs(Session& session) {
  const Arguments& arguments = session.arguments();
  if (arguments.operands.empty() && !arguments.has("selector")) {
    throw UsageError("\"podrun logs\" needs POD, TYPE/NAME or --selector",
                     "see \"podrun logs --help\"");
  }
  const Query query = query_of(arguments, arguments.has("selector"));
  std::vector<Source> sources;
  try {
    sources = sources_of(session);
  } catch (const Error&) {
    // What the daemon does not know may be a pod of `podrun run`.
    if (arguments.has("selector") || !is_local(arguments)) throw;
    return cli::show_logs(arguments);
  }
  if (sources.empty()) {
    tell_nothing_found(session);
    return 0;
  }
  Printer printer;
  printer.set_only(sources.size() == 1);
  if (!arguments.has("follow") || sources.size() == 1) {
    for (const Source& source : sources) {
      try {
        show(session.api(), source, query, printer);
      } catch (const Refused& refused) {
        if (!arguments.has("ignore-errors")) throw;
        print_error(failure_line(refused));
      }
    }
    return 0;
  }
  if (const auto most = number_of(arguments, "max-log-requests");
      static_cast<std::int64_t>(sources.size()) > most) {
    throw Error("you are attempting to follow " + std::to_string(sources.size()) +
                " log streams, but maximum allowed concurrency is " + std::to_string(most) +
                ", use --max-log-requests to increase the limit");
  }
  follow_all(session, sources, query, printer);
  return 0;
}

}  // namespace podrun::kube
