#include "supervisor/pod/instance.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/manifest/service_account.h"
#include "supervisor/pod/container_spec.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/pod_cgroup.h"
#include "supervisor/pod/volumes.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kTerminationMessageLimit =
    4096;  // kubelet: MaxContainerTerminationMessageLength

constexpr int kHeadStartMs = 20;

/// With one processor, the process that reports at `report` when it executes goes before this one:
/// the kernel frees the old one's filter when that is reaped, and the books can wait. A batch
/// process does not preempt when it wakes up (sched(7)).
void let_go_first(int report) {
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
  pollfd executed{report, POLLIN, 0};
  ::poll(&executed, 1, kHeadStartMs);
  ::sched_setscheduler(0, SCHED_OTHER, &none);
}

std::string termination_log_path(const Context& context, const std::string& container,
                                 int restart) {
  return context.paths.run + "/termination/" + container + "/" + std::to_string(restart);
}

// kubelet: MaxContainerTerminationMessageLogLength and …LogLines.
constexpr std::size_t kLogTailBytes = 2048;
constexpr std::size_t kLogTailLines = 80;

/// The text of a log's last lines, for FallbackToLogsOnError.
std::string log_tail(const std::string& path) {
  const Fd file = open_path(path, O_RDONLY | O_NOFOLLOW);
  // Each CRI line has some 40 bytes before its text.
  constexpr off_t kWindow = kLogTailBytes + kLogTailLines * 64;
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  ::lseek(file.get(), std::max<off_t>(0, size - kWindow), SEEK_SET);
  const std::string window = read_all(file.get(), 2 * kWindow);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < window.size();) {
    const std::size_t end = std::min(window.find('\n', at), window.size());
    if (const auto line = parse_cri_line(std::string_view(window).substr(at, end - at))) {
      lines.push_back(std::string(line->text) + (line->partial ? "" : "\n"));
    }
    at = end + 1;
  }
  std::string tail;
  const std::size_t first = lines.size() > kLogTailLines ? lines.size() - kLogTailLines : 0;
  for (std::size_t i = first; i < lines.size(); ++i) tail += lines[i];
  return tail.size() > kLogTailBytes ? tail.substr(tail.size() - kLogTailBytes) : tail;
}

/// The container's variables where one of its mounts has a subPathExpr.
std::vector<std::string> env_for_mounts(const Context& context, const InstanceInputs& inputs) {
  const auto& mounts = inputs.container.volume_mounts;
  const bool wanted = std::any_of(mounts.begin(), mounts.end(),
                                  [](const auto& mount) { return !mount.sub_path_expr.empty(); });
  if (!wanted) return {};
  try {
    return container_env(context.pod, inputs.container, inputs.image.config, context.hostname,
                         context.node);
  } catch (const Error& error) {
    throw ConfigError(error);
  }
}

images::MountPoints mount_points_of(const manifest::Container& container) {
  const bool token = std::any_of(container.volume_mounts.begin(), container.volume_mounts.end(),
                                 [](const manifest::VolumeMount& mount) {
                                   return mount.mount_path == manifest::kServiceAccountTokenPath;
                                 });
  return token ? images::MountPoints::kServiceAccountToken : images::MountPoints::kUsual;
}

}  // namespace

std::string new_container_id() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw_errno("get random bytes for a container id");
  }
  std::string id;
  for (const unsigned char byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    id += kDigits[byte >> 4];
    id += kDigits[byte & 15];
  }
  return id;
}

Instance::Instance(Context& context, const InstanceInputs& inputs, Callbacks callbacks)
    : context_(context),
      container_(inputs.container),
      cgroup_(context.pod_cgroup, inputs.cgroup_name, container_limits(context, inputs.container),
              context.births),
      id_(new_container_id()),
      restart_(inputs.restart),
      image_id_(inputs.image.id),
      image_revision_(inputs.revision),
      config_(read_file_if_exists(context.paths.config())),
      released_(!inputs.parked),
      termination_log_(termination_log_path(context, inputs.container.name, inputs.restart)),
      callbacks_(std::move(callbacks)) {
  snapshot_ =
      images::Snapshot::create(context.images, inputs.image, id_, mount_points_of(container_));
  make_dirs(termination_log_.substr(0, termination_log_.rfind('/')));
  replace_file(termination_log_, "", 0666);

  ContainerMounts mounts = context.volumes.mounts_for(inputs.container, termination_log_,
                                                      env_for_mounts(context, inputs));
  held_ = std::move(mounts.held);
  const UserDatabase users = read_user_database(snapshot_.mount_fd());
  if (inputs.parked) sources_.emplace(mounts.mounts, context.paths.run);
  spec_ = container_spec({context.pod, inputs.container, inputs.image.config, users, context.node,
                          context.hostname, std::move(mounts.mounts),
                          oom_score_adj(context, inputs.container),
                          config_ ? ConfigData::from_json(*config_) : ConfigData{}});
  if (released_) open_log();
  open_streams();
  start_birth(inputs);
}

/// Not before it runs: a log file says that there is an instance.
void Instance::open_log() {
  log_ = std::make_unique<CriLog>(context_.paths.logs + "/" + container_.name + "/" +
                                  std::to_string(restart_) + ".log");
}

bool Instance::image_unchanged() const {
  if (context_.images.revision() == image_revision_) return true;
  const auto image = context_.images.find(container_.image);
  return image && image->id == image_id_;
}

bool Instance::usable() const {
  return !failed_ && image_unchanged() && sources_ && sources_->unchanged() &&
         read_file_if_exists(context_.paths.config()) == config_;
}

void Instance::release() {
  released_ = true;
  if (birth_.state() == runtime::Birth::State::kParked) {
    birth_.release();
    if (context_.node.cpus == 1) let_go_first(birth_.report_fd());
  }
  open_log();
}

/// Nobody need be attached: the container waits for who will be.
void Instance::open_input() {
  if (!container_.stdin_) return;
  Pipe pipe = make_pipe();
  stdin_ = std::move(pipe.read);
  input_ = std::move(pipe.write);
}

void Instance::open_streams() {
  if (container_.tty) return;  // the terminal comes with the process
  open_input();
  for (Stream* stream : {&stdout_, &stderr_}) {
    Pipe pipe = make_pipe();
    // Only our end: the container's programs expect a pipe that blocks.
    if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0)
      throw_errno("set a log pipe non-blocking");
    stream->read = std::move(pipe.read);
    stream->write = std::move(pipe.write);
  }
  watch_streams();
}

void Instance::watch_stream(LogStream stream, Stream& pipe) {
  if (!pipe.read || pipe.watch.active()) return;
  pipe.watch = context_.loop.watch(pipe.read.get(), EPOLLIN, [this, stream, &pipe](std::uint32_t) {
    read_stream(stream, pipe);
    if (!attachments_ || !attachments_->holds_back()) return;
    stdout_.watch.reset();
    stderr_.watch.reset();
  });
}

void Instance::watch_streams() {
  watch_stream(LogStream::kStdout, stdout_);
  watch_stream(LogStream::kStderr, stderr_);
}

void Instance::take_terminal() {
  input_ = birth_.take_terminal();
  if (!input_ || ::fcntl(input_.get(), F_SETFL, O_NONBLOCK) != 0) return;
  stdout_.read = input_.duplicate();
  watch_streams();
}

void Instance::attach(AttachRequest request) {
  if (!attachments_) {
    attachments_ = std::make_unique<Attachments>(
        context_.loop, context_.clock, AttachInput{input_, container_.tty, container_.stdin_once},
        [this] { watch_streams(); });
  }
  attachments_->add(std::move(request));
}

std::optional<Moment> Instance::next_deadline() const {
  return attachments_ ? attachments_->next_deadline() : std::nullopt;
}

void Instance::on_deadline(Moment now) {
  if (attachments_) attachments_->on_deadline(now);
}

/// The supervisor lives in the pod's namespaces: containers inherit them, and probes need not enter
/// them. It goes there at last: they are being made all the while.
void enter_sandbox(Context& context) {
  const manifest::PodSpec& spec = context.pod.spec;
  context.starter.enter_namespaces(own_namespaces(spec));
  if (!spec.host_network) runtime::set_hostname(context.hostname);
}

void Instance::start_birth(const InstanceInputs& inputs) {
  enter_sandbox(context_);
  if (context_.options.inject_birth_fault >= 0)
    cgroup_.place().inject_fault(context_.options.inject_birth_fault);
  birth_ = runtime::Launcher::start_container(
      cgroup_.place(), spec_, snapshot_.mount_fd(),
      {stdin_.get(), stdout_.write.get(), stderr_.write.get()}, inputs.parked);
  stdin_.reset();
  stdout_.write.reset();
  stderr_.write.reset();
  report_watch_ =
      context_.loop.watch(birth_.report_fd(), EPOLLIN, [this](std::uint32_t) { on_report(); });
}

Instance::~Instance() {
  if (!process_.valid()) return;
  process_.signal(SIGKILL);
  context_.reaper.adopt(std::move(process_));
}

void Instance::on_report() {
  const auto state = birth_.advance();
  if (state == runtime::Birth::State::kBorn) return;
  held_.clear();
  snapshot_.close_mount();
  if (state == runtime::Birth::State::kParked) {
    if (released_) birth_.release();
    return;
  }
  report_watch_.reset();
  if (!released_) {  // it was killed where it waited
    failed_ = true;
    birth_ = runtime::Birth();  // reaps it
    return;
  }
  for (const std::string& note : birth_.notes()) {
    context_.events.warning("Degraded", note, container_field_path(container_.name));
  }
  if (state == runtime::Birth::State::kFailed) {
    callbacks_.not_started(birth_.failure());
    return;
  }
  process_ = birth_.take_process();
  exit_watch_ =
      context_.loop.watch(process_.pidfd(), EPOLLIN, [this](std::uint32_t) { on_exit(); });
  if (container_.tty) take_terminal();
  callbacks_.running();
}

/// Whether there was something.
bool Instance::read_stream(LogStream stream, Stream& pipe) {
  // One read a turn: a container that floods its output must not keep the loop from its probes.
  char chunk[65536];
  const ssize_t n = ::read(pipe.read.get(), chunk, sizeof chunk);
  if (n > 0) {
    const std::string_view bytes(chunk, static_cast<std::size_t>(n));
    log_->write(stream, bytes, context_.clock.wall());
    if (attachments_) attachments_->put(stream, bytes);
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    pipe.watch.reset();
    pipe.read.reset();
  }
  return n > 0;
}

/// What is in the pipes now is all: its pid namespace is gone. A pipe holds 64 KiB, which one read
/// takes; a terminal gives less at a time, and holds no more in all.
void Instance::read_rest(LogStream stream, Stream& pipe) {
  constexpr int kMostTerminalReads = 64;
  int left = container_.tty ? kMostTerminalReads : 1;
  while (left-- > 0 && pipe.read && read_stream(stream, pipe)) {
  }
  pipe.watch.reset();
}

void Instance::on_exit() {
  ExitStatus status;
  if (!process_.peek(status)) return;
  callbacks_.ended(status);
  process_.try_reap(status);
  exit_watch_.reset();
  process_ = Process();
  read_rest(LogStream::kStdout, stdout_);
  read_rest(LogStream::kStderr, stderr_);
  log_->end(LogStream::kStdout, context_.clock.wall());
  log_->end(LogStream::kStderr, context_.clock.wall());
  if (attachments_) attachments_->finish();
  callbacks_.exited(status);
}

bool Instance::signal(int number) const { return process_.valid() && process_.signal(number); }

std::string Instance::termination_message(bool failed) const {
  std::string message;
  try {
    const Fd file = open_path(termination_log_, O_RDONLY | O_NOFOLLOW);
    message.resize(kTerminationMessageLimit);
    const ssize_t n = ::read(file.get(), message.data(), message.size());
    message.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  } catch (const Error&) {
    message.clear();
  }
  if (message.empty() && failed &&
      container_.termination_message_policy == "FallbackToLogsOnError") {
    message = log_tail(log_->path());
  }
  return message;
}

}  // namespace podrun::pod
