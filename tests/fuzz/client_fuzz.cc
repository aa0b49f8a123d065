// What a server or a user may say to podrun's own client: templates of paths, answers, frames of
// WebSocket, objects to be printed. In one piece and byte by byte it ends alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "supervisor/client/answer_parser.h"
#include "supervisor/client/path_parse.h"
#include "supervisor/client/websocket_frames.h"
#include "supervisor/manifest/yaml_output.h"

namespace podrun::client {
namespace {

using manifest::json_text;
using manifest::yaml_text;

std::optional<std::string> answer(std::string_view text, std::size_t step) try {
  AnswerParser parser;
  std::string body;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
    parser.feed(text.substr(0, step));
    body += parser.take_body();
  }
  parser.end();
  return parser.is_done() ? std::optional(body) : std::nullopt;
} catch (const Error&) {
  return {};
}

/// The frames up to an error, each with its kind.
std::string frames(std::string_view text, std::size_t step) {
  FrameReader reader;
  std::string all;
  try {
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
      reader.feed(text.substr(0, step));
      while (auto message = reader.next()) {
        all += std::to_string(static_cast<int>(message->kind)) + ":" + message->payload + ";";
      }
    }
  } catch (const Error&) {
    all += "error";
  }
  return all;
}

void print(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return;
  // Its own JSON reads back as what it was.
  if (nlohmann::json::parse(json_text(json)) != nlohmann::json::parse(text)) std::abort();
  (void)yaml_text(std::move(json));
}

}  // namespace
}  // namespace podrun::client

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun::client;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (answer(text, size + 1) != answer(text, 1)) std::abort();
  if (frames(text, size + 1) != frames(text, 1)) std::abort();
  print(text);
  try {
    (void)parse_template(text);
  } catch (const podrun::BadInput&) {
    // Refused, as most inputs are.
  }
  return 0;
}
