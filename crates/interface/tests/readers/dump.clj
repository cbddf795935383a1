;; Reads EDN from standard input and prints it as JSON: text as its bytes, floats as their bits.

(require '[clojure.edn :as edn] '[clojure.string :as string])

(defn dump [value]
  (cond (nil? value) "null"
        (boolean? value) (str value)
        (integer? value) (str value)
        (instance? Double value) (str "{\"bits\":\"" (Long/toUnsignedString (Double/doubleToRawLongBits value)) "\"}")
        (string? value) (str "{\"bytes\":[" (string/join "," (map #(bit-and % 255) (.getBytes ^String value "UTF-8"))) "]}")
        (map? value) (str "{" (string/join "," (for [[key member] value] (str "\"" (name key) "\":" (dump member)))) "}")
        (vector? value) (str "[" (string/join "," (map dump value)) "]")
        :else (throw (ex-info "unexpected" {:value value}))))

(println (dump (edn/read-string (String. (.readAllBytes System/in) "UTF-8"))))
