// Descriptions against what kubectl printed of the same objects; describe/record made the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/client/describe.h"

namespace podrun::client {
namespace {

const std::string kFolder = DESCRIBE_CASES;
const WallTime kNow = parse_rfc3339("2026-01-02T12:00:00Z");

Json load(const std::string& name) {
  return Json::parse(read_file(kFolder + "/" + name + ".json"));
}

/// Comma-separated terms in a fixed order: their order is the client's affair.
std::string sorted_terms(const std::string& selector) {
  std::vector<std::string> terms;
  for (std::size_t begin = 0; begin < selector.size();) {
    const std::size_t end = std::min(selector.find(',', begin), selector.size());
    terms.push_back(selector.substr(begin, end - begin));
    begin = end + 1;
  }
  std::sort(terms.begin(), terms.end());
  std::string text;
  for (const std::string& term : terms) text += (text.empty() ? "" : "&") + term;
  return text;
}

std::string request_of(const Query& query) {
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  return query.group_version + " " + or_dash(query.in_namespace) + " " + query.resource + " " +
         or_dash(query.name) + " labels=" + sorted_terms(query.label_selector) +
         " fields=" + sorted_terms(query.field_selector);
}

/// What the recording's server answered.
void answer(const Json& test_case, const Query& query, Related& related) {
  const Json errors = test_case.value("errors", Json::object());
  if (errors.contains(query.resource)) {
    related.put_error(query.relation, errors[query.resource][1].get<std::string>());
    return;
  }
  const Json found = test_case.value("related", Json::object()).value(query.resource, Json());
  if (found.is_null()) return;
  const std::string name = test_case["object"]["metadata"]["name"];
  const bool second =
      query.resource == "events" && query.field_selector.ends_with("involvedObject.uid=" + name);
  const Json items = second ? Json::array() : found;
  Json list = Json::object();
  list["items"] = items;
  related.put(query.relation, query.name.empty() ? list : found);
}

class Describe : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_P(Describe, AsKubectl) {
  const Json test_case = load(GetParam());
  const Json& object = test_case["object"];
  Related related;
  std::vector<std::string> requests;
  for (const Query& query : queries_for(object)) {
    requests.push_back(request_of(query) + "\n");
    answer(test_case, query, related);
  }
  std::sort(requests.begin(), requests.end());
  std::string all;
  for (const std::string& request : requests) all += request;
  EXPECT_EQ(all, read_file(kFolder + "/" + GetParam() + ".requests"));
  EXPECT_EQ(describe(object, related, kNow), read_file(kFolder + "/" + GetParam() + ".txt"));
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Describe, testing::ValuesIn(cases()), test_name);

TEST(DescribeOne, TimesAreLocal) {
  ::setenv("TZ", "XST-5:30", 1);
  ::tzset();
  const std::string text = describe(load("deployment")["object"], {}, kNow);
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  EXPECT_NE(text.find("CreationTimestamp:      Fri, 02 Jan 2026 14:30:00 +0530\n"),
            std::string::npos)
      << text;
}

TEST(DescribeOne, WithoutEventsThereIsNoSection) {
  const Json pod = load("pod-running")["object"];
  EXPECT_TRUE(queries_for(pod, false).empty());
  EXPECT_EQ(describe(pod, {}, kNow).find("Events"), std::string::npos);
}

TEST(DescribeOne, SomeNeedTheirPods) {
  Related related;
  related.put_error(Relation::kPods, "pods is forbidden");
  EXPECT_THROW(describe(load("replication-controller")["object"], related, kNow), Error);
  EXPECT_THROW(describe(load("daemon-set")["object"], related, kNow), Error);
}

TEST(DescribeOne, ListsOfTheSameRelationAreAdded) {
  Related related;
  related.put(Relation::kEvents, Json::parse(R"({"items":[{"reason":"A"}]})"));
  related.put(Relation::kEvents, Json::parse(R"({"items":[{"reason":"B"}]})"));
  related.put(Relation::kPods, Json::parse(R"({"items":null})"));
  EXPECT_EQ(related.events.size(), 2u);
  EXPECT_TRUE(related.pods.is_array());
}

/// Every field in turn gets a value of another type.
void spoil(Json& value, int depth, const std::function<void()>& check) {
  static const Json odd[] = {nullptr, "text", 7, true, Json::array({1, "x"}), {{"name", 1}}};
  static std::size_t turn = 0;
  const Json kept = value;
  value = odd[++turn % std::size(odd)];
  check();
  value = kept;
  if (depth == 0 || !value.is_structured()) return;
  for (auto& item : value) spoil(item, depth - 1, check);
}

TEST(DescribeOne, OddObjectsDoNotStopIt) {
  constexpr int kDepth = 5;
  for (const std::string& name : cases()) {
    Json test_case = load(name);
    Json& object = test_case["object"];
    const auto check = [&] {
      try {
        Related related;
        for (const Query& query : queries_for(object)) {
          const Json found =
              test_case.value("related", Json::object()).value(query.resource, Json());
          related.put(query.relation, Json::object({{"items", found}}));
        }
        describe(object, related, kNow);
      } catch (const Error&) {
        // A selector may be refused.
      }
    };
    for (Json& field : object) spoil(field, kDepth, check);
    for (Json& list : test_case["related"]) spoil(list, 2, check);
  }
}

}  // namespace
}  // namespace podrun::client
