#include "supervisor/daemon/pod_logs.h"

#include <memory>
#include <utility>

#include "supervisor/api/api_error.h"
#include "supervisor/api/log_options.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/container_choice.h"
#include "supervisor/pod/log_reader.h"

namespace podrun::daemon {
namespace {

using api::bad_request;
using store::Json;

std::optional<std::uint64_t> count(const std::optional<std::int64_t>& number) {
  if (!number) return {};
  return static_cast<std::uint64_t>(*number);
}

std::optional<pod::LogStream> chosen_stream(const std::string& stream) {
  if (stream == "Stdout") return pod::LogStream::kStdout;
  if (stream == "Stderr") return pod::LogStream::kStderr;
  return {};
}

/// Follows a log until its container has ended for good or the pod is gone.
class LogStream final : public api::Stream {
 public:
  LogStream(std::unique_ptr<pod::LogFollower> log, const pod::LogPrinter::Options& options,
            std::shared_ptr<api::StreamSink> sink, node::Reactor& reactor)
      : log_(std::move(log)),
        sink_(std::move(sink)),
        printer_(options, [this](pod::LogStream, std::string_view bytes) {
          open_ = open_ && sink_->write(bytes);
        }) {
    pump();
    if (open_) watch_ = reactor.watch_readable(log_->event_fd(), [this] { pump(); });
  }

  /// The container has ended: what is there is all.
  void finish() {
    if (!open_) return;
    pump();
    watch_.reset();
    open_ = false;
    sink_->close();
  }
  void keep(store::Store::Subscription subscription) { subscription_ = std::move(subscription); }

 private:
  void pump() {
    while (open_ && log_->read([this](const pod::CriLine& line) { printer_.print(line); })) {
    }
    if (!open_) watch_.reset();
  }

  std::unique_ptr<pod::LogFollower> log_;
  std::shared_ptr<api::StreamSink> sink_;
  bool open_ = true;
  pod::LogPrinter printer_;
  node::Reactor::Watch watch_;
  store::Store::Subscription subscription_;
};

bool has_ended(const Json& pod, const std::string& container) {
  return container_status(pod, container).value("state", Json::object()).contains("terminated");
}

}  // namespace

/// kubelet's validateContainerLogStatus.
std::string log_file(const Json& pod, const std::string& container, bool previous,
                     const std::string& folder) {
  const Json status = container_status(pod, container);
  const Json state = status.value("state", Json::object());
  const pod::LogState facts{!state.contains("running") && !state.contains("terminated"),
                            state.value("waiting", Json::object()).value("reason", ""),
                            status.value("lastState", Json::object()).contains("terminated")};
  const auto choice = pod::choose_log(pod.at("metadata").value("name", ""), container, facts,
                                      pod::log_instances(folder), previous);
  if (!choice.problem.empty()) throw bad_request(choice.problem);
  return folder + "/" + std::to_string(choice.instance) + ".log";
}

api::Response PodLogs::get(const store::Object& pod, const api::Request& request) const {
  const api::LogOptions wanted = api::log_options(request, pod.key.name);
  const std::string container = chosen_container(*pod.json, request.parameter("container"));
  const pod::PodPaths paths =
      pod::pod_paths(roots_of_(*pod.json), manifest::pod_from_json(*pod.json).metadata);
  const bool previous = is_true(request, "previous");
  const std::string file = log_file(*pod.json, container, previous, paths.logs + "/" + container);
  pod::LogSelection selection;
  selection.tail = count(wanted.tail_lines);
  selection.since = wanted.since_time;
  if (wanted.since_seconds) selection.since = clock_.wall() - Seconds(*wanted.since_seconds);
  const pod::LogPrinter::Options options{.timestamps = is_true(request, "timestamps"),
                                         .limit_bytes = count(wanted.limit_bytes),
                                         .only = chosen_stream(wanted.stream)};
  auto log = std::make_shared<std::unique_ptr<pod::LogFollower>>(
      std::make_unique<pod::LogFollower>(file, selection));
  api::Response response;
  response.content_type = "text/plain";
  if (!is_true(request, "follow") || previous || has_ended(*pod.json, container)) {
    pod::LogPrinter printer(
        options, [&](pod::LogStream, std::string_view bytes) { response.body += bytes; });
    while ((*log)->read([&](const pod::CriLine& line) { printer.print(line); })) {
    }
    return response;
  }
  response.stream = [this, log, options, key = pod.key,
                     container](std::shared_ptr<api::StreamSink> sink) {
    auto stream = std::make_unique<LogStream>(std::move(*log), options, std::move(sink), reactor_);
    LogStream* const raw = stream.get();
    // The subscription is the stream's own: it ends with it.
    stream->keep(store_.subscribe([raw, key, container](const store::Change& change) {
      if (change.object.key != key) return;
      const bool gone = change.kind == store::ChangeKind::kDeleted;
      if (gone || has_ended(*change.object.json, container)) raw->finish();
    }));
    return stream;
  };
  return response;
}

}  // namespace podrun::daemon
