// Requests to the API over a store of its own: paths, selectors, bodies, patches, watches. Each is
// "METHOD TARGET [CONTENT-TYPE [ACCEPT]]", a line feed and the body; a line "---" stands between
// them. None is an internal error, and one that is refused has changed nothing.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "supervisor/api/api_server.h"
#include "supervisor/api/server/target.h"
#include "tests/support/temp_dir.h"

namespace podrun::api {
namespace {

class NoPods final : public PodAccess {
 public:
  Response log(const store::Object& /*pod*/, const Request& /*request*/) override { return {}; }
  Response connect(const std::string& /*subresource*/, const store::Object& /*pod*/,
                   const Request& /*request*/) override {
    return {};
  }
};

class Sink final : public StreamSink {
 public:
  bool write(std::string_view bytes) override { return !bytes.empty(); }
  void close() override {}
};

class Api {
 public:
  explicit Api(const std::string& database) : store_(store::Store::open(database, {.history = 4})) {
    registry_.create("namespaces", "", {{"metadata", {{"name", "default"}}}});
    store_.commit();
  }

  void ask(const Request& request) {
    const auto before = store_.revision();
    Response response = server_.handle(request);
    const bool refused = response.status >= 400;
    // A collection may be gone in part.
    const bool unchanged = store_.revision() == before || request.method == "DELETE";
    const bool internal = response.body.find("\"InternalError\"") != std::string::npos;
    if (response.status < 101 || response.status >= 600 || internal || (refused && !unchanged)) {
      std::fprintf(stderr, "%d: %s\n", response.status, response.body.c_str());
      std::abort();
    }
    if (response.content_type == "application/json" && !response.stream && !response.body.empty() &&
        !nlohmann::json::accept(response.body) && request.method != "HEAD") {
      std::abort();
    }
    if (response.stream) streams_.push_back(response.stream(std::make_shared<Sink>()));
    store_.commit();
  }

 private:
  store::Store store_;
  FakeClock clock_;
  std::uint32_t random_ = 0;
  Registry registry_{store_, clock_, [this] { return random_++; }};
  NoPods pods_;
  ApiServer server_{store_, registry_, pods_, clock_, {"v1.34.0"}};
  std::vector<std::unique_ptr<Stream>> streams_;
};

bool parse_request(std::string_view text, Request& request) {
  const std::size_t end = text.find('\n');
  std::istringstream head{std::string(text.substr(0, end))};
  std::string target;
  if (!(head >> request.method >> target)) return false;
  try {
    Target parsed = parse_target(target);
    request.path = std::move(parsed.path);
    request.query = std::move(parsed.query);
  } catch (const BadInput&) {
    return false;
  }
  for (const char* name : {"content-type", "accept"}) {
    std::string value;
    if (head >> value) request.headers[name] = value;
  }
  if (end != std::string_view::npos) request.body = text.substr(end + 1);
  request.user = {"system:admin", {"system:masters"}};
  return true;
}

}  // namespace
}  // namespace podrun::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace podrun::api;
  static const podrun::test::TempDir folder("podrun-fuzz");
  const std::string database = folder / "podrun.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
  Api api(database);
  static constexpr std::string_view kBetween = "\n---\n";
  std::string_view text(reinterpret_cast<const char*>(data), size);
  while (!text.empty()) {
    const std::size_t end = text.find(kBetween);
    Request request;
    if (parse_request(text.substr(0, end), request)) api.ask(request);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + kBetween.size());
  }
  return 0;
}
