#include "supervisor/pod/attachments.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "supervisor/pod/packet_io.h"

namespace podrun::pod {

namespace {

/// As much as the pipe takes now; false where nobody reads it any more.
bool write_what_fits(int pipe, std::string& waiting) {
  std::size_t done = 0;
  bool open = true;
  while (done < waiting.size()) {
    const ssize_t count = ::write(pipe, waiting.data() + done, waiting.size() - done);
    if (count < 0 && errno == EINTR) continue;
    open = count >= 0 || errno == EAGAIN;
    if (count < 0) break;
    done += static_cast<std::size_t>(count);
  }
  waiting.erase(0, open ? done : waiting.size());
  return open;
}

/// Room for all that waits: nobody is here later to write it.
void make_room(int pipe, std::size_t bytes) {
  int unread = 0;
  if (::ioctl(pipe, FIONREAD, &unread) != 0) return;
  // Each write may have begun a page of its own.
  constexpr std::size_t kSlack = 64u << 10;
  ::fcntl(pipe, F_SETPIPE_SZ, 2 * static_cast<std::size_t>(unread) + bytes + kSlack);
}

}  // namespace

Attachments::Attachments(Loop& loop, const Clock& clock, const AttachInput& input,
                         std::function<void()> resume)
    : loop_(loop), clock_(clock), input_(input), resume_(std::move(resume)) {}

void Attachments::add(AttachRequest request) {
  const int connection = request.connection.get();
  if (clients_.size() >= kMaxClients) {
    send_packet(connection, "error too many clients are attached", {});
    return;
  }
  const std::uint64_t id = next_++;
  Client& client = clients_[id];
  client.connection = std::move(request.connection);
  client.input = request.order.input;
  for (std::size_t i = 0; i < client.outputs.size() && i < request.outputs.size(); ++i) {
    ::fcntl(request.outputs[i].get(), F_SETFL, O_NONBLOCK);
    client.outputs[i].fd = std::move(request.outputs[i]);
  }
  client.watch = loop_.watch(connection, EPOLLIN, [this, id](std::uint32_t) { on_packet(id); });
  const bool given = input_.input.valid() && (client.input || input_.tty);
  send_packet(connection, "started",
              given ? std::vector<int>{input_.input.get()} : std::vector<int>{});
}

void Attachments::on_packet(std::uint64_t id) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  Packet packet;
  const Received received = receive_packet(client->second.connection.get(), packet);
  if (received == Received::kNothing) return;
  input_ended(client->second);
  if (received == Received::kEnd) remove(id);
}

/// Whatever a client says, it says that its input has ended.
void Attachments::input_ended(Client& client) {
  if (!std::exchange(client.input, false) || !input_.once || input_.tty) return;
  input_.input.reset();
  // Their copies would keep it open.
  for (auto& [id, other] : clients_) {
    if (std::exchange(other.input, false)) send_packet(other.connection.get(), "input over", {});
  }
}

void Attachments::put(LogStream stream, std::string_view bytes) {
  for (auto& [id, client] : clients_) {
    Output& output = client.outputs[static_cast<std::size_t>(stream)];
    if (!output.fd) continue;
    output.waiting.append(bytes);
    push(id, client, stream);
  }
}

void Attachments::push(std::uint64_t id, Client& client, LogStream stream) {
  Output& output = client.outputs[static_cast<std::size_t>(stream)];
  const std::size_t before = output.waiting.size();
  if (!write_what_fits(output.fd.get(), output.waiting)) {
    output.watch.reset();
    output.fd.reset();
  }
  if (output.waiting.empty()) {
    output.watch.reset();
  } else if (!output.watch.active()) {
    output.watch = loop_.watch(output.fd.get(), EPOLLOUT,
                               [this, id, stream](std::uint32_t) { on_writable(id, stream); });
  }
  if (!client.waits()) {
    client.patience.reset();
  } else if (!client.patience || output.waiting.size() < before) {
    client.patience = clock_.now() + kStall;
  }
}

void Attachments::on_writable(std::uint64_t id, LogStream stream) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  push(id, client->second, stream);
  if (!holds_back()) resume_();
}

bool Attachments::holds_back() const {
  return std::any_of(clients_.begin(), clients_.end(),
                     [](const auto& entry) { return entry.second.waits(); });
}

void Attachments::remove(std::uint64_t id) {
  const bool held = holds_back();
  clients_.erase(id);
  if (held && !holds_back()) resume_();
}

void Attachments::finish() {
  for (auto& [id, client] : clients_) {
    for (Output& output : client.outputs) {
      if (output.waiting.empty()) continue;
      make_room(output.fd.get(), output.waiting.size());
      write_what_fits(output.fd.get(), output.waiting);
    }
    send_packet(client.connection.get(), "exit 0", {});
  }
  clients_.clear();
}

std::optional<Moment> Attachments::next_deadline() const {
  std::optional<Moment> next;
  for (const auto& [id, client] : clients_) {
    if (client.patience && (!next || *client.patience < *next)) next = client.patience;
  }
  return next;
}

void Attachments::on_deadline(Moment now) {
  std::vector<std::uint64_t> late;
  for (const auto& [id, client] : clients_) {
    if (client.patience && *client.patience <= now) late.push_back(id);
  }
  for (const std::uint64_t id : late) {
    Client& client = clients_.at(id);
    send_packet(client.connection.get(), "error the client does not read", {});
    input_ended(client);
    remove(id);
  }
}

}  // namespace podrun::pod
