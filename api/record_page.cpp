#include "api/record_page.hpp"

#include <nlohmann/json.hpp>

namespace custdkim::api {

using nlohmann::ordered_json;

namespace {

// Takes what is on the page from the list that runs past.
class PageSink final : public RecordSink {
  public:
    explicit PageSink(const PageRequest& request) : request_(request) {
        if (request.after.empty()) place_ = Place::on_the_page;
    }

    void add(const RecordView& record) override {
        if (record.type.empty() || place_ == Place::behind) return;  // no empty non-terminals
        const bool is_mark = place_ != Place::on_the_page && record.owner == request_.after;
        if (place_ == Place::before && is_mark) place_ = Place::at_the_mark;
        if (place_ == Place::at_the_mark && !is_mark) place_ = Place::on_the_page;
        if (place_ != Place::on_the_page) return;
        if (record.owner != last_ && page_is_full()) {
            place_ = Place::behind;
            return;
        }
        last_ = record.owner;
        octets_ += record.owner.size() + record.content.size();
        records_.push_back({{"name", record.owner},
                            {"ttl", record.ttl_seconds},
                            {"type", record.type},
                            {"content", record.content}});
    }

    bool is_full() const override { return place_ == Place::behind; }

    bool was_mark_there() const { return place_ != Place::before; }
    ordered_json take_records() { return std::move(records_); }
    ordered_json next() const {
        return place_ == Place::behind ? ordered_json(last_) : ordered_json(nullptr);
    }

  private:
    enum class Place { before, at_the_mark, on_the_page, behind };

    bool page_is_full() const {
        return !records_.empty() && (records_.size() >= request_.limit || octets_ >= request_.octets);
    }

    const PageRequest& request_;
    Place place_ = Place::before;
    ordered_json records_ = ordered_json::array();
    std::string last_;
    std::size_t octets_ = 0;
};

}  // namespace

std::optional<ordered_json> record_page(const ServedZone& zone, const PageRequest& request) {
    const Serial serial = zone.serial();
    PageSink sink(request);
    zone.list(sink);
    if (!sink.was_mark_there()) return std::nullopt;
    ordered_json page = {{"zone", zone.name().text()}, {"serial", serial}};
    page["next"] = sink.next();
    page["records"] = sink.take_records();
    return page;
}

}  // namespace custdkim::api
