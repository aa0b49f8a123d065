#include "supervisor/daemon/spdy_client.h"

#include <utility>

namespace podrun::daemon {

SpdyClient::SpdyClient(std::shared_ptr<api::UpgradeSink> sink)
    : sink_(std::move(sink)), flow_(dynamic_cast<api::Flow*>(sink_.get())) {}

void SpdyClient::on_bytes(std::string_view bytes) {
  decoder_.feed(bytes);
  while (!over_) {
    const auto frame = decoder_.next();
    if (!frame) break;
    if (frame->kind == api::SpdyFrame::Kind::kPing)
      write(api::SpdyEncoder::ping(frame->id));
    else
      on_frame(*frame);
  }
  if (!over_ && decoder_.failed()) end();
}

void SpdyClient::on_close() {
  over_ = true;
  on_gone();
}

void SpdyClient::end() {
  if (std::exchange(over_, true)) return;
  sink_->close();
}

}  // namespace podrun::daemon
