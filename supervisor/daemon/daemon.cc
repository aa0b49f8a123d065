#include "supervisor/daemon/daemon.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "supervisor/api/api_server.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/registry.h"
#include "supervisor/api/server/credentials.h"
#include "supervisor/api/server/jwt.h"
#include "supervisor/api/server/kubeconfig.h"
#include "supervisor/api/server/server.h"
#include "supervisor/controllers/manager.h"
#include "supervisor/controllers/scheduler.h"
#include "supervisor/daemon/added_nodes.h"
#include "supervisor/daemon/asio_reactor.h"
#include "supervisor/daemon/idle_memory.h"
#include "supervisor/daemon/metrics.h"
#include "supervisor/daemon/node_requests.h"
#include "supervisor/daemon/pod_attach.h"
#include "supervisor/daemon/pod_exec.h"
#include "supervisor/daemon/pod_forward.h"
#include "supervisor/daemon/pod_logs.h"
#include "supervisor/daemon/resource_types.h"
#include "supervisor/manifest/default_tolerations.h"
#include "supervisor/node/agent.h"
#include "supervisor/store/store.h"

namespace podrun::daemon {
namespace {

/// How long answers and streams may take to end when the daemon stops.
constexpr std::chrono::milliseconds kStopBound{2000};

/// So many commits are a burst, and nothing for so long its end; heartbeats are ten seconds apart.
constexpr int kBurst = 16;
constexpr std::chrono::seconds kQuiet{5};

/// With thousands of pods to place, the API answers in between.
constexpr std::chrono::milliseconds kSchedulingTurn{5};

void log(const std::string& text) { std::fprintf(stderr, "podrun-daemon: %s\n", text.c_str()); }

/// sd_notify(3): tells a service manager, where there is one.
void notify(const char* state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = std::strlen(path);
  if (size == 0 || size >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, size);
  if (path[0] == '@') address.sun_path[0] = '\0';
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return;
  // A manager that does not listen any more is no reason to stop.
  (void)::sendto(socket.get(), state, std::strlen(state), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size));
}

std::string database_of(const Options& options) {
  make_dirs(options.roots.data_dir, 0755);
  return options.roots.data_dir + "/podrun.db";
}

class NodePods final : public api::PodAccess {
 public:
  NodePods(const PodLogs& logs, const PodExec& exec, const PodAttach& attach,
           const PodForward& forward)
      : logs_(logs), exec_(exec), attach_(attach), forward_(forward) {}
  api::Response log(const store::Object& pod, const api::Request& request) override {
    return logs_.get(pod, request);
  }
  api::Response connect(const std::string& subresource, const store::Object& pod,
                        const api::Request& request) override {
    if (subresource == "exec") return exec_.get(pod, request);
    if (subresource == "attach") return attach_.get(pod, request);
    return forward_.get(pod, request);
  }

 private:
  const PodLogs& logs_;
  const PodExec& exec_;
  const PodAttach& attach_;
  const PodForward& forward_;
};

controllers::ManagerOptions manager_options(const Options& options,
                                            const api::Credentials& credentials) {
  controllers::ManagerOptions made;
  made.event_life = options.event_life;
  made.finished_pods = options.finished_pods;
  made.nodes.grace = options.node_grace;
  made.root_ca = credentials.ca_certificate;
  made.on_failure = log;
  return made;
}

api::TokenSigner signer(const api::Credentials& credentials) {
  return {[key = credentials.account_key](const std::string& claims) {
            return api::sign_jwt(claims, key);
          },
          [key = credentials.account_key](std::string_view token) {
            return api::jwt_claims(token, key);
          }};
}

}  // namespace

struct Daemon::Parts {
  explicit Parts(Options given)
      : options(std::move(given)),
        credentials(api::ensure_credentials(options.roots.data_dir + "/credentials",
                                            api::server_names(), clock.wall())),
        store(store::Store::open(database_of(options), {.text_only = {"events"}})),
        registry(store, clock, api::system_random()),
        accounts(store, clock, signer(credentials)),
        reactor(io),
        nodes({options.roots, options.socket, options.agent_program, options.version,
               options.allow_no_limits, node::lease_renewal(options.node_grace), log,
               [this](std::function<void(bool)> call) {
                 after_commit.push_back(std::move(call));
                 commit_soon();
               }},
              registry, reactor, clock),
        node_requests(nodes, registry),
        logs(store, roots_of(), reactor, clock),
        exec(roots_of(), reactor),
        attach(store, roots_of(), reactor),
        forward(roots_of(), reactor),
        pods(logs, exec, attach, forward),
        api(store, registry, pods, clock, {options.git_version}),
        server(io, hooks()),
        manager(registry, clock, resource_types(), manager_options(options, credentials)),
        agent(agent_options(), registry, reactor, clock),
        scheduler(registry, clock,
                  [this](const store::ObjectKey& key, const std::string& node) {
                    if (node == agent.node_name()) agent.pod_changed(key.namespace_, key.name);
                  }),
        signals(io, SIGTERM, SIGINT) {}

  node::AgentOptions agent_options() {
    node::AgentOptions made;
    made.roots = options.roots;
    made.program = options.pod_program;
    made.version = options.version;
    made.allow_no_limits = options.allow_no_limits;
    made.renewal = node::lease_renewal(options.node_grace);
    made.log = log;
    made.issue_token = [this](const api::TokenOrder& order) { return accounts.issue(order); };
    return made;
  }

  RootsOf roots_of() {
    return [this](const store::Json& pod) {
      return nodes.roots_of(api::text_at(pod, "spec.nodeName"));
    };
  }

  api::ServerHooks hooks() {
    return {[this](const api::Request& request) {
              auto response = node_requests.handle(request);
              return response ? std::move(*response) : api.handle(request);
            },
            [this](std::string_view token) -> std::optional<api::User> {
              if (api::is_token(token, credentials.admin_token)) {
                return api::User{"system:admin", {"system:masters"}};
              }
              return accounts.authenticate(token);
            },
            [this] { commit_soon(); },
            [this] {
              if (!calm_planned) calm_after(kQuiet);
            }};
  }

  /// All that is written until the loop's next turn shares one commit.
  void commit_soon() {
    if (std::exchange(commit_posted, true)) return;
    boost::asio::post(io, [this] { commit(); });
  }

  void commit() {
    commit_posted = false;
    const auto waiting = std::exchange(after_commit, {});
    bool kept = true;
    try {
      // Subscribers may write: that belongs to the next one.
      if (store.has_uncommitted()) commit_store();
      server.on_committed();
    } catch (const std::exception& error) {
      kept = false;
      ++commits.failures;
      log(error.what());
      server.on_commit_failed(error.what());
      // What it has bound is undone.
      scheduler.start();
    }
    for (const auto& call : waiting) call(kept);
    schedule_soon();
    work_soon();
  }

  void commit_store() {
    const Moment begun = clock.now();
    store.commit();
    ++commits.commits;
    last_commit = clock.now();
    commits.seconds += std::chrono::duration<double>(last_commit - begun).count();
    if (++since_calm >= kBurst && !calm_planned) calm_after(kQuiet);
  }

  /// A start or a burst is over once nothing was written for a while; heartbeats are no burst.
  void calm_after(Nanoseconds delay) {
    calm_planned = true;
    calm = reactor.call_after(delay, [this] {
      const Nanoseconds quiet = clock.now() - last_commit;
      if (quiet < kQuiet) return calm_after(kQuiet - quiet);
      calm_planned = false;
      since_calm = 0;
      give_memory_back();
    });
  }

  void collect(api::MetricsText& out) const {
    write_store_metrics(out, store, commits, database_of(options));
    write_controller_metrics(out, manager.figures());
    write_pod_metrics(out, store.list("pods"));
    write_process_metrics(out);
  }

  /// The controllers' turn; what they write is committed in the turn after.
  void work_soon() {
    const auto next = manager.next_deadline();
    if (!next) return;
    work = reactor.call_after(std::max(*next - clock.now(), Nanoseconds(0)), [this] {
      manager.run_once(clock.now());
      work_soon();
    });
  }

  /// The scheduler's turn. A pod that it gives to this node is started at once: its binding is
  /// committed meanwhile.
  void schedule_soon() {
    const auto next = scheduler.next_deadline();
    if (!next) return;
    scheduling = reactor.call_after(std::max(*next - clock.now(), Nanoseconds(0)), [this] {
      scheduler.run(clock.now() + kSchedulingTurn);
      agent.look_now();
      schedule_soon();
    });
  }

  void on_change(const store::Change& change) {
    scheduler.on_change(change);
    manager.on_change(change);
    const store::ObjectKey& key = change.object.key;
    if (key.resource == "pods") agent.pod_changed(key.namespace_, key.name);
    if (key.resource == "configmaps" || key.resource == "secrets" ||
        key.resource == "serviceaccounts") {
      agent.config_changed(key.namespace_);
    }
  }

  void stop() {
    log("stopping; pods go on");
    notify("STOPPING=1");
    server.stop(kStopBound, [this] { io.stop(); });
  }

  boost::asio::io_context io{1};
  SystemClock clock;
  Options options;
  api::Credentials credentials;
  store::Store store;
  api::Registry registry;
  api::ServiceAccounts accounts;
  AsioReactor reactor;
  AddedNodes nodes;
  NodeRequests node_requests;
  PodLogs logs;
  PodExec exec;
  PodAttach attach;
  PodForward forward;
  NodePods pods;
  api::ApiServer api;
  api::Server server;
  controllers::Manager manager;
  node::NodeAgent agent;
  controllers::Scheduler scheduler;
  boost::asio::signal_set signals;
  store::Store::Subscription subscription;
  node::Reactor::Watch work, scheduling, calm;
  Moment last_commit{};
  int since_calm = kBurst - 1;  // the start is one
  bool calm_planned = false;
  bool commit_posted = false;
  std::vector<std::function<void(bool)>> after_commit;
  CommitFigures commits;
  std::string url, kubeconfig;
};

Daemon::Daemon(Options options) : parts_(std::make_unique<Parts>(std::move(options))) {
  Parts& parts = *parts_;
  ::signal(SIGPIPE, SIG_IGN);
  make_dirs(parts.options.roots.run_dir, 0755);
  parts.server.listen_unix(parts.options.socket);
  const std::uint16_t port =
      parts.server.listen_tls(parts.options.address, parts.options.port, parts.credentials.tls());
  const std::string address = parts.options.address + ":" + std::to_string(port);
  parts.url = "https://" + address;
  parts.api.answers_at(address);
  parts.kubeconfig = parts.options.roots.data_dir + "/kubeconfig";
  api::write_kubeconfig(parts.kubeconfig, api::kubeconfig(parts.credentials, parts.url));
}

Daemon::~Daemon() = default;

const std::string& Daemon::url() const { return parts_->url; }
const std::string& Daemon::kubeconfig() const { return parts_->kubeconfig; }

int Daemon::run() {
  Parts& parts = *parts_;
  parts.signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) parts.stop();
  });
  parts.subscription =
      parts.store.subscribe([&](const store::Change& change) { parts.on_change(change); });
  parts.registry.mount_tokens();
  manifest::default_tolerations() = {parts.options.not_ready_toleration,
                                     parts.options.unreachable_toleration};
  parts.api.give_tokens(parts.accounts);
  parts.registry.on_write([&] { parts.commit_soon(); });
  parts.api.on_metrics([&](api::MetricsText& out) { parts.collect(out); });
  parts.manager.run_once(parts.clock.now());
  parts.agent.start();
  parts.nodes.start();
  parts.scheduler.start();
  parts.commit_soon();
  notify("READY=1");
  parts.io.run();
  // Acknowledged or not, what was written is kept.
  if (parts.store.has_uncommitted()) parts.store.commit();
  return 0;
}

}  // namespace podrun::daemon
