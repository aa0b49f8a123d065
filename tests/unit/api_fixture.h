// The API over a real store in a temporary folder, and short words for requests to it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/api/api_server.h"
#include "tests/support/temp_dir.h"

namespace podrun::api {

using store::Json;

/// Says what was asked of it.
class FakePods final : public PodAccess {
 public:
  Response log(const store::Object& pod, const Request& request) override {
    Response response;
    response.body = "log of " + pod.key.name + " " + std::string(request.parameter("container"));
    return response;
  }
  Response connect(const std::string& subresource, const store::Object& pod,
                   const Request& request) override {
    Response response;
    response.body = request.method + " " + subresource + " " + pod.key.name;
    return response;
  }
};

/// Keeps the events of a watch; `open` false stands for a client that is gone.
class FakeSink final : public StreamSink {
 public:
  bool write(std::string_view bytes) override {
    if (!open) return false;
    events.push_back(Json::parse(bytes));
    return true;
  }
  void close() override { closed = true; }

  /// "ADDED a", "MODIFIED b" … of all events since the last call.
  std::vector<std::string> take() {
    std::vector<std::string> texts;
    for (const Json& event : std::exchange(events, {})) {
      const Json name = event["object"].value("metadata", Json::object()).value("name", Json(""));
      texts.push_back(event["type"].get<std::string>() + " " + name.get<std::string>());
    }
    return texts;
  }

  std::vector<Json> events;
  bool open = true, closed = false;
};

class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    for (const char* name : {"default", "other"}) {
      registry_.create("namespaces", "", {{"metadata", {{"name", name}}}});
    }
    store_.commit();
  }

  using Query = std::vector<std::pair<std::string, std::string>>;

  Response ask(const std::string& method, const std::string& path, const Json& body = nullptr,
               const Query& query = {}) {
    Request request;
    request.method = method;
    request.user = user_;
    request.path = path.starts_with('/') ? path : "/api/v1/namespaces/default/" + path;
    request.query = query;
    if (!body.is_null()) request.body = body.is_string() ? body.get<std::string>() : body.dump();
    if (!content_type_.empty()) request.headers["content-type"] = content_type_;
    if (!accept_.empty()) request.headers["accept"] = accept_;
    return server_.handle(request);
  }
  /// The answer's object; fails the test where its status is another.
  Json expect(int status, const Response& response) {
    EXPECT_EQ(response.status, status) << response.body;
    return Json::parse(response.body);
  }
  /// "CODE REASON: MESSAGE" of a refusal.
  static std::string refusal(const Response& response) {
    const Json status = Json::parse(response.body);
    EXPECT_EQ(status.value("kind", ""), "Status") << response.body;
    EXPECT_EQ(status.value("code", 0), response.status);
    return std::to_string(response.status) + " " + status.value("reason", "") + ": " +
           status.value("message", "");
  }
  Json patch(const std::string& type, const std::string& path, const Json& body, int status = 200) {
    content_type_ = "application/" + type + "-patch+json";
    const Response response = ask("PATCH", path, body);
    content_type_.clear();
    return expect(status, response);
  }
  static std::vector<std::string> names(const Json& list) {
    std::vector<std::string> all;
    for (const Json& item : list.at("items")) all.push_back(item["metadata"]["name"]);
    return all;
  }

  static Json config_map(const std::string& name, const Json& labels = nullptr) {
    Json object{{"metadata", {{"name", name}}}, {"data", {{"key", "value"}}}};
    if (!labels.is_null()) object["metadata"]["labels"] = labels;
    return object;
  }
  static Json pod(const std::string& name) {
    return {{"metadata", {{"name", name}, {"labels", {{"app", "kubia"}}}}},
            {"spec", {{"containers", {{{"name", "main"}, {"image", "kubia"}}}}}}};
  }
  static Json replica_set(const std::string& name) {
    return {{"metadata", {{"name", name}}},
            {"spec",
             {{"replicas", 3},
              {"selector", {{"matchLabels", {{"app", "kubia"}}}}},
              {"template",
               {{"metadata", {{"labels", {{"app", "kubia"}}}}},
                {"spec", {{"containers", {{{"name", "main"}, {"image", "kubia"}}}}}}}}}}};
  }
  /// A pod that a node has.
  Json running_pod(const std::string& name) {
    expect(201, ask("POST", "pods", pod(name)));
    expect(201, ask("POST", "pods/" + name + "/binding", {{"target", {{"name", "here"}}}}));
    return expect(200, ask("GET", "pods/" + name));
  }
  static std::string version(const Json& object) {
    return object["metadata"]["resourceVersion"].get<std::string>();
  }

  test::TempDir folder_{"podrun-api"};
  store::Store store_ = store::Store::open(folder_ / "podrun.db", {.history = 20});
  FakeClock clock_;
  std::uint32_t random_ = 0;
  Registry registry_{store_, clock_, [this] { return random_++; }};
  FakePods pods_;
  ApiServer server_{store_, registry_, pods_, clock_, {"v1.34.0+podrun-test"}};
  User user_{"system:admin", {"system:masters"}};
  std::string content_type_, accept_;
};

}  // namespace podrun::api
