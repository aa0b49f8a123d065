#include "supervisor/daemon/exec_spdy.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "supervisor/api/api_error.h"
#include "supervisor/daemon/spdy_client.h"

namespace podrun::daemon {
namespace {

/// By ExecStream.
constexpr std::array<std::string_view, 5> kTypes{"stdin", "stdout", "stderr", "error", "resize"};

class SpdyExec final : public SpdyClient, private ExecWire {
 public:
  SpdyExec(std::shared_ptr<api::UpgradeSink> sink, std::size_t streams, SessionStart start)
      : SpdyClient(std::move(sink)), missing_(streams), start_(std::move(start)) {}

 private:
  void on_gone() override { session_.reset(); }
  void on_frame(const api::SpdyFrame& frame) override {
    using Kind = api::SpdyFrame::Kind;
    if (frame.kind == Kind::kStream) {
      on_stream(frame);
    } else if (session_ && frame.id == id(ExecStream::kStdin)) {
      session_->input(frame.payload);
      if (frame.final || frame.kind == Kind::kReset) session_->end_input();
    } else if (session_ && frame.id == id(ExecStream::kResize)) {
      resize_session(*session_, frame.payload);
    }
  }

  void on_stream(const api::SpdyFrame& frame) {
    const auto type = frame.headers.find("streamtype");
    const auto known = type == frame.headers.end()
                           ? kTypes.end()
                           : std::find(kTypes.begin(), kTypes.end(), type->second);
    if (known == kTypes.end() || frame.id == 0 || session_) return end();
    std::uint32_t& stream = ids_[static_cast<std::size_t>(known - kTypes.begin())];
    if (stream != 0) return end();
    stream = frame.id;
    write(encoder().reply(stream));
    if (--missing_ == 0) session_ = start_(*this);
  }

  std::uint32_t id(ExecStream stream) const { return ids_[static_cast<std::size_t>(stream)]; }

  // ExecWire
  void send(ExecStream stream, std::string_view bytes) override {
    if (id(stream) != 0) write(api::SpdyEncoder::data(id(stream), bytes, false));
  }
  void finish() override {
    if (over()) return;
    for (const ExecStream stream : {ExecStream::kStdout, ExecStream::kStderr, ExecStream::kError}) {
      if (id(stream) != 0) write(api::SpdyEncoder::data(id(stream), {}, true));
    }
    end();
  }
  std::size_t queued() const override { return queued_bytes(); }
  void when_drained(std::function<void()> again) override {
    if (flow() != nullptr) flow()->when_drained(std::move(again));
  }
  void pause_input(bool paused) override {
    if (flow() != nullptr) flow()->pause_input(paused);
  }

  std::size_t missing_;  // streams that the client has yet to open
  SessionStart start_;
  std::array<std::uint32_t, kTypes.size()> ids_{};  // by ExecStream; 0: not open
  std::unique_ptr<WireSession> session_;
};

}  // namespace

bool is_spdy(const api::Request& request) {
  return lowercase(request.header("upgrade")) == "spdy/3.1";
}

api::Response spdy_answer(const api::Request& request, std::string_view protocol) {
  const std::string_view offered = request.header("x-stream-protocol-version");
  if (offered.find(protocol) == std::string_view::npos) {
    throw api::ApiError(403, "Forbidden",
                        "unable to upgrade: unable to negotiate protocol: client supports [" +
                            std::string(offered) + "], server supports [" + std::string(protocol) +
                            "]");
  }
  api::Response response;
  response.status = 101;
  response.headers = {{"Connection", "Upgrade"},
                      {"Upgrade", "SPDY/3.1"},
                      {"X-Stream-Protocol-Version", std::string(protocol)}};
  return response;
}

std::unique_ptr<api::Upgrade> exec_over_spdy(std::shared_ptr<api::UpgradeSink> sink,
                                             std::size_t streams, SessionStart start) {
  return std::make_unique<SpdyExec>(std::move(sink), streams, std::move(start));
}

}  // namespace podrun::daemon
