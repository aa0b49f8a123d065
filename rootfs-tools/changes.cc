#include "rootfs-tools/changes.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace podrun::images {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Words split at spaces; quotes group and a backslash takes the next character as it is.
std::vector<std::string> split_words(std::string_view text, const std::string& change) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      open = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      open = true;
    } else if (is_space(c)) {
      if (open) words.push_back(std::exchange(word, ""));
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (quote != 0) throw BadInput("change \"" + change + "\": a quote is not closed");
  if (open) words.push_back(word);
  return words;
}

/// A JSON list as it stands, anything else for a shell.
Json command(std::string_view text, const std::string& change) {
  if (!text.empty() && text.front() == '[') {
    Json list = parse_document(text, "change \"" + change + "\"");
    for (const Json& item : list) {
      if (!item.is_string()) throw BadInput("change \"" + change + "\": not a list of strings");
    }
    return list;
  }
  return Json::array({"/bin/sh", "-c", std::string(text)});
}

std::pair<std::string, std::string> key_value(const std::string& word, const std::string& change) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    throw BadInput("change \"" + change + "\": wants KEY=VALUE");
  return {word.substr(0, equals), word.substr(equals + 1)};
}

void set_env(Json& config, std::string_view arguments, const std::string& change) {
  std::vector<std::string> words = split_words(arguments, change);
  if (!words.empty() && words[0].find('=') == std::string::npos) {
    // ENV NAME the rest of the line
    const auto space = std::find_if(arguments.begin(), arguments.end(), is_space);
    const std::string rest(
        trim(arguments.substr(static_cast<std::size_t>(space - arguments.begin()))));
    words = {words[0] + "=" + rest};
  }
  Json& env = config["Env"];
  if (!env.is_array()) env = Json::array();
  for (const std::string& word : words) {
    const std::string key = key_value(word, change).first + "=";
    const auto old = std::find_if(env.begin(), env.end(), [&](const Json& item) {
      return item.get_ref<const std::string&>().rfind(key, 0) == 0;
    });
    if (old != env.end())
      *old = word;
    else
      env.push_back(word);
  }
}

void set_labels(Json& config, std::string_view arguments, const std::string& change) {
  for (const std::string& word : split_words(arguments, change)) {
    const auto [key, value] = key_value(word, change);
    config["Labels"][key] = value;
  }
}

void expose(Json& config, std::string_view arguments, const std::string& change) {
  for (const std::string& word : split_words(arguments, change)) {
    const auto slash = word.find('/');
    const std::string port = word.substr(0, slash);
    const std::string protocol = slash == std::string::npos ? "tcp" : word.substr(slash + 1);
    const bool number = !port.empty() && port.size() <= 5 &&
                        port.find_first_not_of("0123456789") == std::string::npos &&
                        std::stoi(port) >= 1 && std::stoi(port) <= 65535;
    if (!number || (protocol != "tcp" && protocol != "udp" && protocol != "sctp"))
      throw BadInput("change \"" + change + "\": \"" + word + "\" is not a port");
    config["ExposedPorts"][port + "/" + protocol] = Json::object();
  }
}

void set_workdir(Json& config, const std::string& path) {
  const std::string before = config.value("WorkingDir", "/");
  config["WorkingDir"] =
      path.front() == '/' ? path : before + (before.back() == '/' ? "" : "/") + path;
}

void apply(Json& config, const std::string& change) {
  const std::string_view text = trim(change);
  const auto end = text.find_first_of(" \t");
  std::string word(text.substr(0, end));
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const std::string_view arguments =
      end == std::string_view::npos ? std::string_view() : trim(text.substr(end));
  if (arguments.empty()) throw BadInput("change \"" + change + "\": nothing follows " + word);
  if (word == "CMD") {
    config["Cmd"] = command(arguments, change);
  } else if (word == "ENTRYPOINT") {
    config["Entrypoint"] = command(arguments, change);
  } else if (word == "ENV") {
    set_env(config, arguments, change);
  } else if (word == "LABEL") {
    set_labels(config, arguments, change);
  } else if (word == "EXPOSE") {
    expose(config, arguments, change);
  } else if (word == "USER") {
    config["User"] = std::string(arguments);
  } else if (word == "WORKDIR") {
    set_workdir(config, std::string(arguments));
  } else if (word == "STOPSIGNAL") {
    config["StopSignal"] = std::string(arguments);
  } else {
    throw BadInput("change \"" + change + "\": " + word + " is not known",
                   "use CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER or WORKDIR");
  }
}

}  // namespace

void apply_changes(Json& config, const std::vector<std::string>& changes) {
  for (const std::string& change : changes) apply(config, change);
}

}  // namespace podrun::images
